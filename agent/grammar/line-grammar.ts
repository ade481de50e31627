import { grammarError } from './grammar-error.ts';
import { checkLength } from './name-length.ts';
import type { Grammar, Sentence } from './template.ts';
import { parseTemplate } from './template-parser.ts';

/**
 * Reads one sentence template a line; empty lines and lines that begin with `#` say nothing. The intent of all is
 * the grammar's name.
 * @throws AgentError GRAMMAR_INVALID
 */
export function parseLines(content: string, name: string): Grammar {
  const sentences: Sentence[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const at = { source: name, line: index + 1, column: 1 + line.length - line.trimStart().length };
    sentences.push({ expression: parseTemplate(text, at), at, weight: 1 });
  }
  const start = { source: name, line: 1, column: 1 };
  if (sentences.length === 0) throw grammarError(start, 'expected at least one sentence, got none');
  const intent = checkLength(name, 'an intent', start);
  const group = { intent, sentences, slots: {}, lists: new Map(), rules: new Map() };
  return { name, groups: [group], skipWords: [] };
}
