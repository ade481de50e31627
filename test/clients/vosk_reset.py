"""
Sends a file and a reset, twice, and waits for each answer, as the samples of vosk-server do with the websocket-client package;
none of them sends a reset. Prints the answers to the resets and to the end as JSON.
"""

import json
import sys
import wave

from websocket import create_connection

server, path = sys.argv[1:]
socket = create_connection(server)


def ask(message, send=socket.send):
    send(message)
    return json.loads(socket.recv())


def transcribe(end):
    texts = []
    with wave.open(path) as sound:
        while samples := sound.readframes(3200):
            texts.append(ask(samples, socket.send_binary).get("text", ""))
    texts.append(ask(end)["text"])
    return {"text": " ".join(filter(None, texts))}


socket.send('{"config" : { "sample_rate" : 16000 } }')
first = transcribe('{"reset" : 1}')
empty = ask('{"reset" : 1}')
print(json.dumps([first, empty, transcribe('{"eof" : 1}')]))
