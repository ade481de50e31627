import type { DecoderResources } from '../decoder/decoder-resources.ts';
import { AgentError } from '../errors.ts';

/** For the thread of streams, where compiling anything would hold up all of them: whatever asks for it is a defect. */
export function withoutCompiling(resources: DecoderResources): DecoderResources {
  const refuse = (): never => {
    throw new AgentError(
      'INTERNAL',
      'Texts of settings came to the thread of streams; expected them compiled.',
    );
  };
  const { head } = resources.phrases;
  return {
    ...resources,
    compileCommands: refuse,
    compilePhrases: refuse,
    phrases: { head, sayings: refuse, words: refuse, spelling: refuse },
  };
}
