import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import { PcmDecoder } from './pcm-decoder.ts';
import type { Recorder, RecorderEnd, RecorderListener } from './recorder.ts';
import { TextTail } from './text-tail.ts';

/** A program that was just started, before any of its events. */
export interface LaunchedRecorder {
  readonly name: string;
  /** Hz of the 16-bit mono samples that it writes. */
  readonly sampleRate: number;
  readonly process: ChildProcess;
  readonly stream: Readable;
}

/** A recorder gets this long to end by itself before it is killed, and to exit after its output ended. */
const GRACE_MS = 500;

const UNKNOWN_DEVICE = /no such (file|device)|unknown pcm|invalid card|cannot find card/i;
const WRONG_RATE = /rate is not accurate/i;
const OVERRUN = /over-?run/gi;

/** Follows a recorder program: its samples, what it says, and every way in which it can end. */
export class RecorderProcess implements Recorder {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #stream: Readable;
  readonly #clock: Clock;
  readonly #listener: RecorderListener;
  readonly #decoder: PcmDecoder;
  readonly #sayings: TextTail;
  readonly #gone: Promise<unknown>;
  #over = false;

  /** Must be called in the same turn in which the program was started: its failure to start comes in the next. */
  constructor(launched: LaunchedRecorder, listener: RecorderListener, clock: Clock) {
    this.name = launched.name;
    this.#process = launched.process;
    this.#stream = launched.stream;
    this.#clock = clock;
    this.#listener = listener;
    const { sampleRate } = launched;
    this.#decoder = new PcmDecoder({ encoding: 's16le', sampleRate, channels: 1 }, sampleRate);
    this.#sayings = new TextTail(launched.process.stderr!, (text) => this.#onSaying(text));
    this.#gone = new Promise((resolve) => {
      this.#process.once('exit', resolve);
      this.#process.on('error', resolve);
    });
    this.#process.on('error', (error) => this.#onProcessError(error));
    // Not 'exit': the reason on its error output may come after that.
    this.#process.once('close', (code, signal) => {
      this.#end({ kind: 'exit', detail: this.#explain(ending(code, signal)) });
    });
    this.#stream.on('data', (bytes: Buffer) => this.#onData(bytes));
    this.#stream.on('end', () => this.#onStreamEnd());
    // node-record-lpcm16 reports an exit here as well, as a string; 'close' tells more.
    this.#stream.on('error', () => {});
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.#decoder.close();
    this.#process.kill('SIGTERM');
    const cancel = this.#clock.after(GRACE_MS, () => this.#process.kill('SIGKILL'));
    await this.#gone;
    cancel();
    // A recorder that is a script may leave its child behind: that one ends when it writes into the closed pipe.
    this.#stream.destroy();
  }

  #onData(bytes: Buffer): void {
    if (this.#over) return;
    const samples = this.#decoder.accept(bytes);
    if (samples.length > 0) this.#listener.onSamples(samples);
  }

  #onSaying(text: string): void {
    if (this.#over) return;
    for (const _ of text.matchAll(OVERRUN)) this.#listener.onOverrun();
    if (WRONG_RATE.test(text))
      this.#end({ kind: 'exit', detail: this.#explain('has the wrong sample rate') });
  }

  #onProcessError(error: NodeJS.ErrnoException): void {
    const code = error.code === 'ENOENT' ? 'RECORDER_MISSING' : 'RECORDER_FAILED';
    this.#end({ kind: 'start-failure', detail: `${this.name} can not be started: ${error.message}` }, code);
  }

  /** Usually the exit follows at once, and says why. */
  #onStreamEnd(): void {
    this.#clock.after(GRACE_MS, () => {
      this.#end({ kind: 'stream-end', detail: this.#explain('ended its output but did not exit') });
    });
  }

  #end(end: Omit<RecorderEnd, 'code'>, code: ErrorCode = this.#code()): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onEnd({ ...end, code });
  }

  #code(): ErrorCode {
    return UNKNOWN_DEVICE.test(this.#sayings.text) ? 'DEVICE_UNKNOWN' : 'RECORDER_FAILED';
  }

  #explain(what: string): string {
    const saying = this.#sayings.lastLineOf(this.name);
    return `${this.name} ${what}${saying === '' ? '.' : `: ${saying}`}`;
  }
}

function ending(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}
