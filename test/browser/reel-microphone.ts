import type { AudioSource, PcmChunk } from '../../agent/capture/audio-source.ts';
import type { MicrophoneStatus } from '../../agent/capture/microphone-status.ts';
import { PacedSource } from '../../agent/capture/paced-source.ts';
import { SYSTEM_CLOCK } from '../../agent/clock.ts';
import { type MicrophoneSource, NO_MICROPHONE } from '../../agent/server/hub.ts';

/** A microphone of the daemon that hears these samples, at the pace of speech, over and over. */
export class ReelMicrophone extends PacedSource implements MicrophoneSource {
  readonly status: MicrophoneStatus = { ...NO_MICROPHONE, state: 'running', detail: '' };

  constructor(samples: Int16Array) {
    super({ open: async () => memorySource(samples), clock: SYSTEM_CLOCK, loop: true });
  }
}

function memorySource(samples: Int16Array): AudioSource {
  return {
    sampleRate: 16000,
    async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
      yield { samples };
    },
    async close() {},
  };
}
