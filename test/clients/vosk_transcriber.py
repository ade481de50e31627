"""
Transcribes a file with the server mode of the vosk package, as it is: `vosk-transcriber --server` with another address.
The model that its constructor loads is not needed for that, and not loaded.
"""

import sys
from argparse import Namespace
from queue import Queue

from vosk.transcriber.transcriber import Transcriber

server, output_type, sound = sys.argv[1:]
transcriber = Transcriber.__new__(Transcriber)
transcriber.args = Namespace(server=server, output_type=output_type, tasks=1)
transcriber.queue = Queue()
transcriber.process_task_list([(sound, "")])
