import type { RecognizerStream, SpeechEngine, StreamOptions } from '../../agent/engine/speech-engine.ts';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';

/** Reads a stream to its end. */
export async function collectEvents(stream: RecognizerStream): Promise<TranscriptEvent[]> {
  const events: TranscriptEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** All events of a new stream that gets `chunks`, as fast as it takes them. */
export async function recognize(
  engine: SpeechEngine,
  chunks: Iterable<Int16Array>,
  options?: StreamOptions,
): Promise<TranscriptEvent[]> {
  const stream = engine.createStream(options);
  const events = collectEvents(stream);
  for (const chunk of chunks) if (!stream.acceptPcm(chunk)) await stream.drained();
  stream.finish();
  return events;
}
