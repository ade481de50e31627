"""
What Home Assistant's Wyoming integration does to wait for a wake phrase, with the wyoming package as it is: describe on one
connection; then detect, audio-start and audio-chunk, reading events until the detection, or the end without one.
"""

import asyncio
import json
import wave

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.wake import Detect, Detection, NotDetected
from wyoming_client import FORMAT, HOST, PORT, SPEECH, load_info

START_MS = 1000


async def detect(name: str):
    """The detection, or the event that says that there was none."""
    async with AsyncTcpClient(HOST, PORT) as client:
        await client.write_event(Detect(names=[name]).event())
        await client.write_event(AudioStart(**FORMAT, timestamp=START_MS).event())
        with wave.open(SPEECH) as sound:
            while samples := sound.readframes(1024):
                await client.write_event(AudioChunk(**FORMAT, audio=samples).event())
        await client.write_event(AudioStop().event())
        while event := await client.read_event():
            if Detection.is_type(event.type):
                return Detection.from_event(event)
            if NotDetected.is_type(event.type):
                return NotDetected.from_event(event)
    return None


async def main() -> None:
    info = await load_info()
    phrases = [model.phrase for program in info.wake for model in program.models if model.installed]
    detection = await detect(phrases[0])
    missed = await detect(phrases[1])
    print(
        json.dumps(
            {
                "phrases": phrases,
                "detected": {"name": detection.name, "timestamp": detection.timestamp},
                "missed": missed.event().type if missed else None,
            }
        )
    )


asyncio.run(main())
