import type {
  Recorder,
  RecorderEnd,
  RecorderFactory,
  RecorderListener,
} from '../../agent/capture/recorder.ts';

/** One start of a recorder: the test speaks for the program. */
export interface FakeRun {
  readonly listener: RecorderListener;
  stopped: boolean;
}

/** A factory of recorders that do what the test says. */
export class FakeRecorders {
  readonly runs: FakeRun[] = [];
  /** What the next starts throw; undefined: they succeed. */
  failure: Error | undefined;
  /** Programs that are told to stop are gone when this resolves; null: at once. */
  goodbye: Promise<void> | null = null;

  readonly factory: RecorderFactory = async (listener): Promise<Recorder> => {
    if (this.failure !== undefined) throw this.failure;
    const run: FakeRun = { listener, stopped: false };
    this.runs.push(run);
    return {
      name: 'fake',
      stop: async () => {
        if (this.goodbye !== null) await this.goodbye;
        run.stopped = true;
      },
    };
  };

  get current(): FakeRun {
    const run = this.runs.at(-1);
    if (run === undefined) throw new Error('no recorder was started');
    return run;
  }

  sound(samples: number, value = 100): void {
    this.current.listener.onSamples(new Int16Array(samples).fill(value));
  }

  end(end: Partial<RecorderEnd> = {}): void {
    this.current.listener.onEnd({
      kind: 'exit',
      code: 'RECORDER_FAILED',
      detail: 'fake ended with code 1',
      ...end,
    });
  }
}

/** Lets promises that are already resolved run their continuations. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
