import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { PassThrough, type Readable } from 'node:stream';

/** On this channel Node.js shows every process before it starts it. */
const CHANNEL = 'child_process';

/**
 * Does what `start` does; a process that it starts has streams of output though it may get no pipes. For want of
 * descriptors Node.js leaves them out, and reports that with 'error' in the next turn. A library that reads the
 * output throws before that, nobody is there for the 'error', and it ends the daemon.
 */
export function withOutputStandIn<T>(start: () => T): T {
  subscribe(CHANNEL, standIn);
  try {
    return start();
  } finally {
    unsubscribe(CHANNEL, standIn);
  }
}

/** The pipes take its place when there are any. */
function standIn(message: unknown): void {
  const { process } = message as { process: { stdout?: Readable; stderr?: Readable } };
  process.stdout ??= new PassThrough();
  process.stderr ??= new PassThrough();
}
