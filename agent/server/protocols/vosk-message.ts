import type { Alternative, Final, Word } from '../../transcript/transcript-event.ts';

/** Readings beside the best one, however many a client asks for. */
export const MOST_ALTERNATIVES = 20;

/** What a client may set before its audio. */
export interface VoskSettings {
  /** Finals list their words. */
  readonly words: boolean;
  /** Hypotheses in a final; 0: the text alone. */
  readonly maxAlternatives: number;
}

type Json = string | number | readonly JsonObject[];
type JsonObject = { readonly [key: string]: Json };

export function voskPartial(text: string): string {
  return writeVoskJson({ partial: text });
}

/**
 * The finals since the last answer as one result: a client gets as many answers as it sent audio messages, and one at
 * the end.
 */
export function voskResult(finals: readonly Final[], { words, maxAlternatives }: VoskSettings): string {
  if (maxAlternatives > 0) return alternativesResult(finals, { words, maxAlternatives });
  const { text, words: all } = joined(finals);
  if (text === '') return '{"text": ""}'; // these very bytes are Vosk's
  return writeVoskJson(words ? { result: all.map(resultWord), text } : { text });
}

/** Vosk has no message for errors: a text result without words says what is wrong beside it. */
export function voskError(code: string, message: string): string {
  return writeVoskJson({ code, error: message, text: '' });
}

function alternativesResult(finals: readonly Final[], settings: VoskSettings): string {
  if (finals.length === 0) return '{"alternatives" : [{"text": "", "confidence" : 1.0}] }';
  const alternatives = readings(finals, settings.maxAlternatives).map(({ text, words, confidence }) => {
    const result = words.map(({ text: word, start, end }) => ({ end, start, word }));
    return settings.words ? { confidence, result, text } : { confidence, text };
  });
  return writeVoskJson({ alternatives });
}

/** What the finals may say together: the best reading of each, then the same with another reading of one of them. */
function readings(finals: readonly Final[], wanted: number): Alternative[] {
  const most = Math.min(wanted, MOST_ALTERNATIVES + 1);
  const best: readonly Alternative[] = finals;
  const others = finals.flatMap(({ alternatives = [] }, index) =>
    alternatives.map((other, rank) => ({ index, other, rank })),
  );
  const likeliest = others.sort((a, b) => a.rank - b.rank).slice(0, most - 1);
  return [joined(best), ...likeliest.map(({ index, other }) => joined(best.with(index, other)))];
}

/** As sure as the least sure of them. */
function joined(parts: readonly Alternative[]): Alternative {
  return {
    text: parts.map(({ text }) => text).join(' '),
    words: parts.flatMap(({ words }) => words),
    confidence: Math.min(...parts.map(({ confidence }) => confidence)),
  };
}

function resultWord({ text, start, end, confidence }: Word): JsonObject {
  return { conf: confidence, end, start, word: text };
}

/** JSON as Vosk's own writer lays it out: `"key" : value`, six decimals. Some clients look for just these bytes. */
function writeVoskJson(value: JsonObject, indent = 0): string {
  const padding = ' '.repeat(indent);
  const entries = Object.entries(value).map(
    ([key, item]) => `${padding}  ${JSON.stringify(key)} : ${writeValue(item, indent + 2)}`,
  );
  return `{\n${entries.join(',\n')}\n${padding}}`;
}

function writeValue(value: Json, indent: number): string {
  if (typeof value === 'number') return value.toFixed(6);
  if (typeof value === 'string') return JSON.stringify(value);
  return `[${value.map((item) => writeVoskJson(item, indent + 2)).join(', ')}]`;
}
