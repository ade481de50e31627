"""Sends the speech of the tests with the openai package as it is; prints every event as a line of JSON."""

import base64
import sys
import wave

from openai import OpenAI

url, token = sys.argv[1:]
client = OpenAI(api_key=token, websocket_base_url=url)
audio_input = {
    "format": {"type": "audio/pcm", "rate": 24000},
    "transcription": {"model": "gpt-4o-transcribe", "language": "en"},
    "turn_detection": None,
}

with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
    connection.session.update(session={"type": "transcription", "audio": {"input": audio_input}})
    with wave.open("test/fixtures/speech/two-sentences.wav") as sound:
        while samples := sound.readframes(800):
            connection.input_audio_buffer.append(audio=base64.b64encode(samples).decode())
    connection.input_audio_buffer.commit()
    for event in connection:
        print(event.to_json(indent=None), flush=True)
        if event.type in ("conversation.item.input_audio_transcription.completed", "error"):
            break
