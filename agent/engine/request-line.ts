import { isDeepStrictEqual } from 'node:util';
import { type SettingsTexts, settingsTextsOf } from '../decoder/settings-texts.ts';
import type { StreamSettings } from './stream-settings.ts';
import type { GivenTexts, WorkerRequest } from './worker-protocol.ts';

export interface RequestLineParts {
  readonly send: (request: WorkerRequest, transfer?: ArrayBuffer[]) => void;
  readonly compile: (texts: SettingsTexts) => Promise<Required<GivenTexts>>;
  /** Called when samples begin to wait, and when what waited has gone out. */
  readonly moved: () => void;
}

/** A request whose settings may need something compiled before it goes out. */
type Configuring = Extract<WorkerRequest, { type: 'open' | 'configure' }>;

/**
 * The requests of a stream on their way to its worker, in their order: those behind settings with texts wait here until these are
 * compiled, or refused.
 */
export class RequestLine {
  readonly #parts: RequestLineParts;
  /** What waits; null: nothing is being compiled. */
  #held: (() => void)[] | null = null;
  #heldSamples = 0;
  /** What the worker has got last for this stream. */
  #given: { readonly texts: SettingsTexts; readonly number: number } | null = null;
  #isClosed = false;

  constructor(parts: RequestLineParts) {
    this.#parts = parts;
  }

  /** Whether something waits for settings to be compiled. */
  get isHeld(): boolean {
    return this.#held !== null;
  }

  /** Samples that wait for that: no worker could compute them. */
  get heldSamples(): number {
    return this.#heldSamples;
  }

  send(request: WorkerRequest, transfer: ArrayBuffer[] = []): void {
    if (this.#isClosed) return;
    if (this.#held === null) {
      this.#parts.send(request, transfer);
      return;
    }
    this.#held.push(() => this.send(request, transfer));
    if (request.type !== 'pcm') return;
    this.#heldSamples += request.samples.length;
    this.#parts.moved();
  }

  /**
   * Sends settings, with their texts compiled. Resolves when they are sent.
   * @throws AgentError why they can not be compiled; the requests behind go out then
   */
  async configure(request: Configuring): Promise<void> {
    if (this.#isClosed) return;
    if (this.#held !== null) {
      const held = this.#held;
      await new Promise<void>((resolve, reject) => {
        held.push(() => this.configure(request).then(resolve, reject));
      });
      return;
    }
    const texts = settingsTextsOf(request.settings.decoder);
    if (texts === null) {
      this.#parts.send(request);
      return;
    }
    const given = this.#given;
    if (given !== null && isDeepStrictEqual(given.texts, texts)) {
      this.#send(request, { number: given.number });
      return;
    }
    this.#held = [];
    try {
      const compiled = await this.#parts.compile(texts);
      if (!this.#isClosed) this.#send(request, compiled);
      this.#given = { texts, number: compiled.number };
    } finally {
      this.#release();
    }
  }

  /** Drops what waits. */
  close(): void {
    this.#isClosed = true;
    this.#release();
  }

  #send(request: Configuring, texts: GivenTexts): void {
    this.#parts.send({ ...request, settings: withoutGrammars(request.settings), texts });
  }

  /** A request that finds other settings before it waits again. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.#heldSamples = 0;
    for (const send of held) send();
    if (!this.#isClosed) this.#parts.moved();
  }
}

/** The worker needs the grammars compiled only, and they may be long. */
function withoutGrammars(settings: StreamSettings): StreamSettings {
  const { decoder } = settings;
  const { task } = decoder;
  if (task.type === 'dictation') return settings;
  const bare =
    task.type === 'wake'
      ? {
          ...task,
          ...(task.listenFor?.type === 'commands' && { listenFor: { ...task.listenFor, grammars: [] } }),
        }
      : task.type === 'phrases'
        ? { ...task, phrases: [] }
        : { ...task, grammars: [] };
  return { ...settings, decoder: { ...decoder, task: bare } };
}
