import type { RecognizerStream } from '../engine/speech-engine.ts';
import type { Logger } from '../logger.ts';
import type { TranscriptEvent } from '../transcript/transcript-event.ts';
import type { ServerEvent } from './protocols/protocol.ts';

/** The message for an event that `stream` just delivered, with its latency; finals are noted in the log. */
export function transcriptMessage(
  stream: RecognizerStream,
  event: TranscriptEvent,
  log: Logger,
): Extract<ServerEvent, { type: 'transcript' }> {
  if (event.type !== 'partial' && event.type !== 'final') return { type: 'transcript', event };
  const exactMs = stream.latencyMs(event);
  const latencyMs = exactMs === undefined ? undefined : Math.round(exactMs);
  if (event.type === 'final') {
    const { segment, reason, words, text: transcript } = event;
    log.info({ segment, reason, words: words.length, latencyMs, transcript }, 'final');
  }
  return latencyMs === undefined ? { type: 'transcript', event } : { type: 'transcript', event, latencyMs };
}
