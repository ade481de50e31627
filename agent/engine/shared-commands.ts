import type { CompiledCommands } from '../decoder/decoder-resources.ts';
import { unpackCommands } from './packed-commands.ts';
import type { GivenCommands } from './worker-protocol.ts';

/** The compiled grammars that streams of a worker use: those that have the same share one graph, as long as one of them is there. */
export class SharedCommands {
  readonly #known = new Map<number, WeakRef<CompiledCommands>>();

  /** Undefined: the stream was given them before. */
  take({ number, packed }: GivenCommands): CompiledCommands | undefined {
    if (packed === undefined) return undefined;
    const known = this.#known.get(number)?.deref();
    if (known !== undefined) return known;
    const commands = unpackCommands(packed);
    for (const [old, reference] of this.#known) if (reference.deref() === undefined) this.#known.delete(old);
    this.#known.set(number, new WeakRef(commands));
    return commands;
  }
}
