import { grammarError, type SourcePosition } from './grammar-error.ts';
import { checkLength } from './name-length.ts';
import type { Expression } from './template.ts';

const NAME = /^[\p{L}\p{N}_.-]+$/u;
const RANGE = /^(-?\d{1,9})-(-?\d{1,9})(?:,(\d{1,9}))?$/;

/**
 * Reads what stands between the brackets of `{list}`, `{list:slot}`, `{slot:0-100}` or `<rule>`.
 * @param at position of the opening bracket
 * @throws AgentError GRAMMAR_INVALID
 */
export function parseReference(opening: '{' | '<', inner: string, at: SourcePosition): Expression {
  if (opening === '<') return { type: 'rule', rule: checkName(inner.trim(), 'a rule', at), at };
  const colon = inner.indexOf(':');
  const first = checkName((colon < 0 ? inner : inner.slice(0, colon)).trim(), 'a list', at);
  if (colon < 0) return { type: 'list', list: first, slot: first, at };
  const second = inner.slice(colon + 1).trim();
  const range = RANGE.exec(second);
  if (range === null) return { type: 'list', list: first, slot: checkName(second, 'a slot', at), at };
  const [from, to, step] = [Number(range[1]), Number(range[2]), Number(range[3] ?? 1)];
  if (from > to || step < 1) {
    throw grammarError(
      at,
      `expected a range such as {${first}:0-100} or {${first}:0-100,5}, got "${second}"`,
    );
  }
  return { type: 'range', slot: first, range: { from, to, step, multiplier: 1, fractions: 'none' }, at };
}

function checkName(name: string, what: string, at: SourcePosition): string {
  if (NAME.test(checkLength(name, what, at))) return name;
  throw grammarError(at, `expected the name of ${what} (letters, digits, "_", "-", "."), got "${name}"`);
}
