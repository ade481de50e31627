import type { GrammarText } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import { parseJsgf } from './jsgf-grammar.ts';
import { parseLines } from './line-grammar.ts';
import type { Grammar } from './template.ts';
import { parseYamlGrammar } from './yaml-grammar.ts';

/** Largest grammar text, in characters. */
export const LARGEST_GRAMMAR_TEXT = 1_000_000;

/**
 * Reads a grammar in any of three forms: JSGF when it begins with `#JSGF`, YAML when a line begins with `intents:`,
 * else one sentence template a line.
 * @throws AgentError GRAMMAR_INVALID with line and column; GRAMMAR_TOO_LARGE above a million characters
 */
export function readGrammar({ name, text }: GrammarText): Grammar {
  if (text.length > LARGEST_GRAMMAR_TEXT) {
    throw new AgentError(
      'GRAMMAR_TOO_LARGE',
      `${name} has ${text.length} characters; expected at most ${LARGEST_GRAMMAR_TEXT}`,
    );
  }
  const content = text.replace(/^\uFEFF/, '');
  if (content.startsWith('#JSGF')) return parseJsgf(content, name);
  return /^["']?intents["']?\s*:/m.test(content)
    ? parseYamlGrammar(content, name)
    : parseLines(content, name);
}
