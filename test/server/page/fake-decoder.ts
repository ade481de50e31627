import type { TestContext } from 'node:test';
import { setGlobal } from './fake-socket.ts';

/** `seconds`: what the head of every file says; NaN: the browser can not play it. Without `channels` decoding fails. */
export interface FakeBrowser {
  readonly seconds: number;
  readonly channels?: readonly Float32Array[];
}

/** Gives the page's modules a browser to which all files hold the same sound. */
export function fakeDecoder(t: TestContext, { seconds, channels }: FakeBrowser): void {
  setGlobal(t, 'window', globalThis);
  setGlobal(
    t,
    'Audio',
    class {
      duration = seconds;
      addEventListener(type: string, listener: () => void) {
        if (type === (Number.isNaN(seconds) ? 'error' : 'loadedmetadata')) queueMicrotask(listener);
      }
    },
  );
  setGlobal(
    t,
    'OfflineAudioContext',
    class {
      async decodeAudioData() {
        if (!channels) throw new DOMException('Unable to decode audio data', 'EncodingError');
        const length = channels[0]?.length ?? 0;
        return { length, numberOfChannels: channels.length, getChannelData: (at: number) => channels[at] };
      }
    },
  );
}
