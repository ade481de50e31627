import type { CompiledTexts } from '../decoder/settings-texts.ts';
import { unpackTexts } from './packed-texts.ts';
import type { GivenTexts } from './worker-protocol.ts';

/** The compiled texts that streams of a worker use: those that have the same share them, as long as one of them is there. */
export class SharedTexts {
  readonly #known = new Map<number, WeakRef<CompiledTexts>>();

  /** Undefined: the stream was given them before. */
  take({ number, packed }: GivenTexts): CompiledTexts | undefined {
    if (packed === undefined) return undefined;
    const known = this.#known.get(number)?.deref();
    if (known !== undefined) return known;
    const texts = unpackTexts(packed);
    for (const [old, reference] of this.#known) if (reference.deref() === undefined) this.#known.delete(old);
    this.#known.set(number, new WeakRef(texts));
    return texts;
  }
}
