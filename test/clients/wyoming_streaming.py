"""
Streams two utterances over one connection with the wyoming package as it is, and prints every event as a line of JSON;
then asks for a language that the model does not know.
"""

import asyncio
import json
import sys
import wave

from wyoming.asr import Transcribe, TranscriptStop, VadSensitivity
from wyoming.audio import wav_to_chunks
from wyoming.client import AsyncTcpClient
from wyoming.ping import Ping, Pong

PORT = int(sys.argv[1])


async def print_until(client: AsyncTcpClient, is_last) -> None:
    while event := await client.read_event():
        print(json.dumps({"type": event.type, **event.data}), flush=True)
        if is_last(event.type):
            return


async def main() -> None:
    async with AsyncTcpClient("127.0.0.1", PORT) as client:
        for sensitivity in (VadSensitivity.RELAXED, VadSensitivity.AGGRESSIVE):
            wishes = Transcribe(context={"say": sensitivity.value}, vad_sensitivity=sensitivity)
            await client.write_event(wishes.event())
            with wave.open("test/fixtures/speech/two-sentences.wav") as sound:
                for part in wav_to_chunks(sound, samples_per_chunk=800, start_event=True, stop_event=True):
                    await client.write_event(part.event())
            await print_until(client, TranscriptStop.is_type)
        await client.write_event(Ping(text="here?").event())
        await print_until(client, Pong.is_type)
        await client.write_event(Transcribe(language="fr").event())
        await print_until(client, lambda _: False)


asyncio.run(main())
