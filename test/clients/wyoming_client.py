"""What the scripts that behave as Home Assistant's Wyoming integration share."""

import sys

from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info

HOST, PORT = "127.0.0.1", int(sys.argv[1])
FORMAT = {"rate": 16000, "width": 2, "channels": 1}
SPEECH = "test/fixtures/speech/two-sentences.wav"


async def load_info() -> Info:
    async with AsyncTcpClient(HOST, PORT) as client:
        await client.write_event(Describe().event())
        while event := await client.read_event():
            if Info.is_type(event.type):
                return Info.from_event(event)
    raise RuntimeError("connection closed unexpectedly")
