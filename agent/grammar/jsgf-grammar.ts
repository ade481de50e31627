import { grammarError, type SourcePosition } from './grammar-error.ts';
import type { Expression, Grammar, SentenceGroup } from './template.ts';
import { parseTemplate } from './template-parser.ts';

const RULE = /^(public\s+)?<([^>]*)>\s*=/;
const UNSUPPORTED = /[*+{}"]|<(?:NULL|VOID)>/;

/**
 * Reads a JSGF grammar (W3C note "JSpeech Grammar Format", 2000): every public rule becomes an intent of its name,
 * other rules are parts. Alternatives, weights, groups, optional parts and references mean what they do in a
 * sentence template; repeats, tags, quotes, `<NULL>` and imports are refused.
 * @throws AgentError GRAMMAR_INVALID
 */
export function parseJsgf(content: string, name: string): Grammar {
  const rules = new Map<string, Expression>();
  const intents: { rule: string; at: SourcePosition }[] = [];
  for (const { text, at } of statements(blankComments(content), name)) {
    if (/^#JSGF|^grammar\s/.test(text)) continue;
    const rule = RULE.exec(text);
    if (rule === null) {
      throw grammarError(at, `expected a rule such as "public <name> = …;", got "${text.slice(0, 40)}"`);
    }
    const body = text.slice(rule[0].length);
    const unsupported = UNSUPPORTED.exec(body);
    const bodyAt = { ...at, column: at.column + rule[0].length };
    if (unsupported) throw grammarError(bodyAt, `expected no ${unsupported[0]} in a rule: not supported`);
    rules.set(rule[2]!.trim(), parseTemplate(body.replace(/\s/g, ' '), bodyAt));
    if (rule[1] !== undefined) intents.push({ rule: rule[2]!.trim(), at });
  }
  if (intents.length === 0)
    throw grammarError({ source: name, line: 1, column: 1 }, 'expected a public rule, got none');
  const groups = intents.map(({ rule, at }): SentenceGroup => {
    const sentences = [{ expression: rules.get(rule)!, at, weight: 1 }];
    return { intent: rule, sentences, slots: {}, lists: new Map(), rules };
  });
  return { name, groups, skipWords: [] };
}

/** Comments become spaces, so that positions stay. */
function blankComments(content: string): string {
  return content.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));
}

function* statements(content: string, source: string): Generator<{ text: string; at: SourcePosition }> {
  let begin = 0;
  while (begin < content.length) {
    const end = content.indexOf(';', begin);
    const raw = content.slice(begin, end < 0 ? content.length : end);
    const skipped = raw.length - raw.trimStart().length;
    const before = content.slice(0, begin + skipped);
    const line = before.split('\n').length;
    const at = { source, line, column: before.length - before.lastIndexOf('\n') };
    if (raw.trim() !== '') {
      if (end < 0)
        throw grammarError(at, 'expected ";" at the end of this statement, got the end of the grammar');
      yield { text: raw.trim(), at };
    }
    begin += raw.length + 1;
  }
}
