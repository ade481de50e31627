import { fileURLToPath } from 'node:url';
import recorders from 'node-record-lpcm16';
import { type Clock, SYSTEM_CLOCK } from '../clock.ts';
import type { AudioSource, PcmChunk } from './audio-source.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { englishMessages } from './english-messages.ts';
import { keepAlive } from './keep-alive.ts';
import type { MicrophoneStatus } from './microphone-status.ts';
import { withOutputStandIn } from './output-stand-in.ts';
import { DEFAULT_SAMPLE_RATE } from './pcm-decoder.ts';
import type { Recorder, RecorderListener } from './recorder.ts';
import { chooseRecorder } from './recorder-choice.ts';
import { type RecorderName, recorderCommand } from './recorder-command.ts';
import { RecorderProcess } from './recorder-process.ts';
import { RecorderSupervisor, type SupervisionSettings } from './recorder-supervisor.ts';

/** Settings of the configuration's section `microphone`, and what tests hand in. */
export interface MicrophoneOptions extends Omit<SupervisionSettings, 'sampleRate'> {
  /** `auto`: the first that is installed. */
  readonly recorder: 'auto' | RecorderName;
  /** As `earshot devices` lists it; empty: the system's default. */
  readonly device: string;
  /** Hz; 16000 where it is absent. */
  readonly sampleRate?: number;
  /** Sound that may wait for a slow reader before the oldest is dropped; 10000 where it is absent. */
  readonly queueMs?: number;
  /** The state or its reason has changed. */
  readonly onStatus?: (status: MicrophoneStatus) => void;
  readonly clock?: Clock;
  /** Environment of the recorder, its PATH included; the language of its messages is set here. */
  readonly env: NodeJS.ProcessEnv;
}

// The build turns .cts into .cjs, and rewrites import statements only.
const BRIDGE_FILE = import.meta.url.endsWith('.ts') ? './recorder-bridge.cts' : './recorder-bridge.cjs';
const BRIDGE = fileURLToPath(new URL(BRIDGE_FILE, import.meta.url));

/**
 * The microphone of this machine, through whichever recorder program is installed. Iterating opens it; it is kept
 * open whatever happens to the recorder, and never throws: `status` and `onStatus` tell how it fares.
 */
export class Microphone implements AudioSource {
  readonly sampleRate: number;
  readonly #options: MicrophoneOptions;
  readonly #clock: Clock;
  readonly #queue: ChunkQueue;
  readonly #supervisor: RecorderSupervisor;
  #letGo: () => void = () => {};

  constructor(options: MicrophoneOptions) {
    this.sampleRate = options.sampleRate ?? DEFAULT_SAMPLE_RATE;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#queue = new ChunkQueue(((options.queueMs ?? 10_000) * this.sampleRate) / 1000);
    this.#supervisor = new RecorderSupervisor({
      factory: (listener) => this.#startRecorder(listener),
      clock: this.#clock,
      settings: { ...options, sampleRate: this.sampleRate },
      queue: this.#queue,
      onStatus: (status) => options.onStatus?.(status),
    });
  }

  get status(): MicrophoneStatus {
    return this.#supervisor.status;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    this.#letGo = keepAlive();
    this.#supervisor.start();
    try {
      yield* this.#queue;
    } finally {
      await this.close();
    }
  }

  /** Resolves when the recorder is gone. Safe to call twice. */
  async close(): Promise<void> {
    this.#letGo(); // here, because a reader who only stops asking never ends the iteration
    this.#queue.end();
    await this.#supervisor.stop();
  }

  async #startRecorder(listener: RecorderListener): Promise<Recorder> {
    const { device, env } = this.#options;
    const { platform } = process;
    const recorder = await chooseRecorder({ recorder: this.#options.recorder, platform, env });
    const { cmd, args } = recorderCommand({ recorder, device, sampleRate: this.sampleRate, platform });
    const command = { cmd, args, spawnOptions: { env: englishMessages(env) } };
    const recording = withOutputStandIn(() => recorders.record({ recorder: BRIDGE, command }));
    const launched = {
      name: recorder,
      sampleRate: this.sampleRate,
      process: recording.process,
      stream: recording.stream(),
    };
    return new RecorderProcess(launched, listener, this.#clock);
  }
}
