"""Sends the speech of the tests with the deepgram-sdk package as it is; prints every message as a line of JSON."""

import sys
import wave

from deepgram import DeepgramClient
from deepgram.environment import DeepgramClientEnvironment

url, token = sys.argv[1:]
environment = DeepgramClientEnvironment(base=url, production=url, agent=url, agent_rest=url)
client = DeepgramClient(api_key=token, environment=environment)

with client.listen.v1.connect(model="nova-3", encoding="linear16", sample_rate=16000) as connection:
    with wave.open("test/fixtures/speech/two-sentences.wav") as sound:
        while samples := sound.readframes(800):
            connection.send_media(samples)
    connection.send_close_stream()
    for message in connection:
        print(message.json(), flush=True)
