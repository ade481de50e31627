"""
What Home Assistant's Wyoming integration does, with the wyoming package as it is: describe on one connection; then for
each utterance a new one, with transcribe, audio-start, audio-chunk and audio-stop, reading events until the transcript.
"""

import asyncio
import json
import sys
import wave

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info

HOST, PORT = "127.0.0.1", int(sys.argv[1])
FORMAT = {"rate": 16000, "width": 2, "channels": 1}


async def load_info() -> Info:
    async with AsyncTcpClient(HOST, PORT) as client:
        await client.write_event(Describe().event())
        while event := await client.read_event():
            if Info.is_type(event.type):
                return Info.from_event(event)
    raise RuntimeError("connection closed unexpectedly")


async def transcribe(language: str):
    async with AsyncTcpClient(HOST, PORT) as client:
        await client.write_event(Transcribe(language=language).event())
        await client.write_event(AudioStart(**FORMAT).event())
        with wave.open("test/fixtures/speech/two-sentences.wav") as sound:
            while samples := sound.readframes(1024):
                await client.write_event(AudioChunk(**FORMAT, audio=samples).event())
        await client.write_event(AudioStop().event())
        while event := await client.read_event():
            if Transcript.is_type(event.type):
                return Transcript.from_event(event).text
    return None


async def main() -> None:
    info = await load_info()
    program = info.asr[0]
    languages = {language for model in program.models if model.installed for language in model.languages}
    texts = [await transcribe(language) for language in sorted(languages) for _ in range(2)]
    print(json.dumps({"name": program.name, "languages": sorted(languages), "texts": texts}))


asyncio.run(main())
