import type { Node } from 'yaml';
import type { SlotValue } from '../decoder/command-graph.ts';
import { grammarError } from './grammar-error.ts';
import type { Expression, ListValue, NumberRange, SlotList } from './template.ts';
import { parseTemplate } from './template-parser.ts';
import type { YamlReader } from './yaml-reader.ts';

const LIST_KEYS = ['values', 'range', 'wildcard', 'metadata'];
const VALUE_KEYS = ['in', 'out', 'weight', 'context', 'metadata', 'requires_context'];
const RANGE_KEYS = ['type', 'from', 'to', 'step', 'multiplier', 'fractions', 'digits', 'words', 'metadata'];
const FRACTIONS: readonly NumberRange['fractions'][] = ['none', 'halves', 'tenths'];

/**
 * Reads one of a grammar's `lists`: `values` (texts, numbers, or `in` with `out`) or a `range`.
 * @throws AgentError GRAMMAR_INVALID
 */
export function readList(yaml: YamlReader, name: string, node: Node | null): SlotList {
  if (yaml.isList(node)) return readValues(yaml, name, node);
  for (const { key, keyAt, value } of yaml.entries(node, `list "${name}"`, LIST_KEYS)) {
    if (key === 'values') return readValues(yaml, name, value);
    if (key === 'range') return { type: 'range', range: readRange(yaml, name, value) };
    if (key === 'wildcard') {
      throw grammarError(
        keyAt,
        'expected "values" or "range"; a wildcard would be any words, which a grammar can not hear',
      );
    }
  }
  throw yaml.error(node, `expected "values" or "range" in list "${name}", got neither`);
}

function readValues(yaml: YamlReader, name: string, node: Node | null): SlotList {
  const values = yaml.items(node, `the values of list "${name}"`).map((item) => readValue(yaml, name, item));
  if (values.length === 0) throw yaml.error(node, `expected at least one value in list "${name}", got none`);
  return { type: 'values', values };
}

function readValue(yaml: YamlReader, name: string, node: Node | null): ListValue {
  if (yaml.isText(node)) {
    const { text, at } = yaml.text(node, `a value of list "${name}"`);
    const spoken = parseTemplate(text, at);
    return { spoken, value: plainValue(yaml, node, { name, spoken, text }), weight: 1 };
  }
  let spoken: { expression: Expression; text: string } | null = null;
  let out: SlotValue | null = null;
  let weight = 1;
  for (const { key, value } of yaml.entries(node, `a value of list "${name}"`, VALUE_KEYS)) {
    if (key === 'in') {
      const { text, at } = yaml.text(value, '"in"');
      spoken = { expression: parseTemplate(text, at), text };
    }
    if (key === 'out') out = yaml.slotValue(value, '"out"');
    if (key === 'weight') weight = yaml.number(value, 'a weight above 0', (number) => number > 0);
  }
  if (spoken === null) throw yaml.error(node, `expected "in" in a value of list "${name}", got none`);
  const { expression, text } = spoken;
  return {
    spoken: expression,
    value: out ?? plainValue(yaml, node, { name, spoken: expression, text }),
    weight,
  };
}

/** What was written, unless it is a template: then the value is what is spoken. */
function plainValue(
  yaml: YamlReader,
  node: Node | null,
  { name, spoken, text }: { name: string; spoken: Expression; text: string },
): string | null {
  const parts = spoken.type === 'sequence' ? spoken.items : [spoken];
  if (!parts.every(({ type }) => type === 'text' || type === 'space')) return null;
  return yaml.valueText(node, text.trim(), `a value of list "${name}"`);
}

function readRange(yaml: YamlReader, name: string, node: Node | null): NumberRange {
  const parts = new Map(
    yaml.entries(node, `the range of list "${name}"`, RANGE_KEYS).map((part) => [part.key, part.value]),
  );
  const whole = (key: string, otherwise?: number): number => {
    if (otherwise !== undefined && !parts.has(key)) return otherwise;
    return yaml.number(
      parts.get(key) ?? null,
      `"${key}"`,
      (value) => Number.isInteger(value) && Math.abs(value) < 1e9,
    );
  };
  const [from, to, step] = [whole('from'), whole('to'), whole('step', 1)];
  if (from > to || step < 1)
    throw yaml.error(node, `expected "from" not above "to" and "step" from 1, got ${from}, ${to}, ${step}`);
  const multiplier = parts.has('multiplier')
    ? yaml.number(parts.get('multiplier') ?? null, '"multiplier"')
    : 1;
  const named = parts.has('fractions')
    ? yaml.text(parts.get('fractions') ?? null, '"fractions"').text
    : 'none';
  const fractions = FRACTIONS.find((fraction) => fraction === named);
  if (fractions === undefined)
    throw yaml.error(node, `expected "fractions" as halves or tenths, got "${named}"`);
  return { from, to, step, multiplier, fractions };
}
