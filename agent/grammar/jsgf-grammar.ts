import { grammarError, type SourcePosition } from './grammar-error.ts';
import { checkLength } from './name-length.ts';
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
  for (const { text, at } of statements(blankComments(content, name), name)) {
    if (/^#JSGF|^grammar\s/.test(text)) continue;
    const rule = RULE.exec(text);
    if (rule === null) {
      throw grammarError(at, `expected a rule such as "public <name> = …;", got "${text.slice(0, 40)}"`);
    }
    const body = text.slice(rule[0].length);
    const unsupported = UNSUPPORTED.exec(body);
    const bodyAt = { ...at, column: at.column + rule[0].length };
    if (unsupported) throw grammarError(bodyAt, `expected no ${unsupported[0]} in a rule: not supported`);
    const ruleName = checkLength(rule[2]!.trim(), 'a rule', at);
    rules.set(ruleName, parseTemplate(body.replace(/\s/g, ' '), bodyAt));
    if (rule[1] !== undefined) intents.push({ rule: ruleName, at });
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
function blankComments(content: string, source: string): string {
  // one that is not closed is taken to the end: to look for its end at every other beginning would take for ever
  return content.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, (comment, offset: number) => {
    if (comment.startsWith('/*') && (comment.length < 4 || !comment.endsWith('*/'))) {
      const at = { line: 1, begin: 0 };
      passLines(content, at, 0, offset);
      throw grammarError(
        { source, line: at.line, column: offset - at.begin + 1 },
        'expected "*/" to close this comment, got the end of the grammar',
      );
    }
    return comment.replace(/[^\n]/g, ' ');
  });
}

/** Moves `at`, a line and where it begins, from offset `from` of the text to `to`. */
function passLines(content: string, at: { line: number; begin: number }, from: number, to: number): void {
  for (let offset = from; offset < to; offset += 1) {
    if (content[offset] !== '\n') continue;
    at.line += 1;
    at.begin = offset + 1;
  }
}

function* statements(content: string, source: string): Generator<{ text: string; at: SourcePosition }> {
  let begin = 0;
  let counted = 0;
  const place = { line: 1, begin: 0 };
  while (begin < content.length) {
    const end = content.indexOf(';', begin);
    const raw = content.slice(begin, end < 0 ? content.length : end);
    const skipped = raw.length - raw.trimStart().length;
    passLines(content, place, counted, begin + skipped);
    counted = begin + skipped;
    const at = { source, line: place.line, column: counted - place.begin + 1 };
    if (raw.trim() !== '') {
      if (end < 0)
        throw grammarError(at, 'expected ";" at the end of this statement, got the end of the grammar');
      yield { text: raw.trim(), at };
    }
    begin += raw.length + 1;
  }
}
