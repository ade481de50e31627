"""
What Home Assistant's Wyoming integration does, with the wyoming package as it is: describe on one connection; then for
each utterance a new one, with transcribe, audio-start, audio-chunk and audio-stop, reading events until the transcript.
"""

import asyncio
import json
import wave

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming_client import FORMAT, HOST, PORT, SPEECH, load_info


async def transcribe(language: str):
    async with AsyncTcpClient(HOST, PORT) as client:
        await client.write_event(Transcribe(language=language).event())
        await client.write_event(AudioStart(**FORMAT).event())
        with wave.open(SPEECH) as sound:
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
