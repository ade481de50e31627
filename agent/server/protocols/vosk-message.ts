import type { Final, Word } from '../../transcript/transcript-event.ts';

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
  const text = finals.map((final) => final.text).join(' ');
  if (maxAlternatives > 0) return alternativesResult(text, finals, words);
  if (text === '') return '{"text": ""}'; // these very bytes are Vosk's
  const all = finals.flatMap((final) => final.words);
  return writeVoskJson(words ? { result: all.map(resultWord), text } : { text });
}

/** Vosk has no message for errors: a text result without words says what is wrong beside it. */
export function voskError(code: string, message: string): string {
  return writeVoskJson({ code, error: message, text: '' });
}

function alternativesResult(text: string, finals: readonly Final[], words: boolean): string {
  if (text === '') return '{"alternatives" : [{"text": "", "confidence" : 1.0}] }';
  const timed = finals
    .flatMap((final) => final.words)
    .map(({ text: word, start, end }) => ({ end, start, word }));
  const confidence = Math.min(...finals.map((final) => final.confidence));
  const best = words ? { confidence, result: timed, text } : { confidence, text };
  const others = finals.length === 1 ? (finals[0]?.alternatives ?? []) : [];
  const alternatives = others.map((other) => ({ confidence: other.confidence, text: other.text }));
  return writeVoskJson({ alternatives: [best, ...alternatives] });
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
