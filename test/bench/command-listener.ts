import type { Recognizer } from '../../agent/engine/recognizer.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';

const STREAMS_AT_ONCE = 8;

/**
 * Listens to recordings (16 kHz mono, int16 range), each as one utterance, for the commands of a grammar. However little
 * sure they are, commands are let through, so that any threshold can be applied afterwards.
 */
export async function listenForCommands(
  engine: Recognizer,
  grammar: { readonly name: string; readonly text: string },
  clips: readonly Int16Array[],
): Promise<(Final | null)[]> {
  const finals: (Final | null)[] = clips.map(() => null);
  const queue = clips.entries();
  const work = async () => {
    for (const [index, samples] of queue) {
      const stream = engine.createStream({
        task: { type: 'commands', grammars: [grammar], minConfidence: 0 },
        partials: false,
        endpoint: { enabled: false },
      });
      stream.acceptPcm(samples);
      stream.finish();
      for await (const event of stream) if (event.type === 'final') finals[index] = event;
    }
  };
  await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, work));
  return finals;
}
