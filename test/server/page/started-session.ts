import type { TestContext } from 'node:test';
import { AudioTape } from '../../../agent/server/page/audio-tape.js';
import { StreamSession } from '../../../agent/server/page/stream-session.js';
import { Transcript } from '../../../agent/server/page/transcript.js';
import { type FakeSocket, fakeSockets } from './fake-socket.ts';

const SAMPLE_RATE = 1000;
/** What the tape keeps. */
export const KEEP_SECONDS = 60;
export const LONG_MS = 60_000;
/** Longer than the pause before the first attempt to connect again, shorter than a connection may be silent. */
export const RETRY_MS = 1000;
export const READY = { type: 'ready', protocol: 1, session: 'one', sampleRate: SAMPLE_RATE };

/** A session with two seconds of sound on its tape, once its first connection is `ready`. */
export function startSession(t: TestContext, ready: object = READY) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const sockets = fakeSockets(t);
  const tape = new AudioTape(SAMPLE_RATE, KEEP_SECONDS);
  tape.append(new Int16Array(2 * SAMPLE_RATE));
  const transcript = new Transcript();
  const wishes = { task: { type: 'dictation' }, readable: false } as const;
  let ended = 0;
  let skipped = 0;
  const nothing = () => {};
  const session = new StreamSession({
    address: {
      socket: (path: string, query: Record<string, string> = {}) =>
        new URL(`ws://daemon/${path}?${new URLSearchParams(query)}`),
      http: () => new URL('http://daemon'),
    },
    tape,
    transcript,
    offset: 0,
    observer: {
      onLink: nothing,
      onReady: nothing,
      onTranscript: nothing,
      onUnderstood: nothing,
      onFault: nothing,
      onEnd: () => {
        ended += 1;
      },
    },
    wishes: () => wishes,
    onWords: nothing,
    onSkip: () => {
      skipped += 1;
    },
  } as unknown as ConstructorParameters<typeof StreamSession>[0]);
  session.start();
  sockets.at(-1)?.receive(ready);
  return { session, sockets, tape, transcript, wishes, ended: () => ended, skipped: () => skipped };
}

/** Connects again after the loss of the newest connection. */
export async function reconnect(
  t: TestContext,
  sockets: readonly FakeSocket[],
  greeting: object = READY,
): Promise<void> {
  sockets.at(-1)?.lose();
  await redial(t);
  sockets.at(-1)?.receive(greeting);
}

/** Lets the page notice that a connection is lost, and open the next one. */
export async function redial(t: TestContext): Promise<void> {
  await Promise.resolve(); // the session asks for nothing more before it waits
  t.mock.timers.tick(RETRY_MS);
}
