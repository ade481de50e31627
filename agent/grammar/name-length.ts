import { grammarError, type SourcePosition } from './grammar-error.ts';

/** Longest name in a grammar, in characters: names stand in messages, topics and logs. */
export const LONGEST_NAME = 100;

/**
 * The name itself. `what` it names: "an intent".
 * @throws AgentError GRAMMAR_INVALID when it is too long
 */
export function checkLength(name: string, what: string, at: SourcePosition): string {
  if (name.length <= LONGEST_NAME) return name;
  throw grammarError(
    at,
    `expected the name of ${what} of at most ${LONGEST_NAME} characters, got ${name.length} characters`,
  );
}
