import type { Alignment } from './align-run.ts';
import type { TextWord } from './text-words.ts';
import { isTimed, type TimedWord, type UnmatchedSpeech } from './timed-text.ts';

/** Fewer words in a row than these are misheard rather than not said, unless the text has no more. */
const DOUBTFUL_WORDS = 3;
/** Longest quotation of a text in a note. */
const QUOTED_WORDS = 8;

export interface NoteNames {
  readonly text: string;
  readonly recording: string;
}

/**
 * Where a text and a recording do not fit, in the order of the text, for people: words that can not be said, that were
 * not found or that fit badly, and speech that is not in the text.
 */
export function alignmentNotes(
  { words, unmatched, unsayable }: Alignment,
  names: NoteNames,
  minConfidence: number,
): string[] {
  const place = ({ line }: TextWord) => `${names.text}:${line}`;
  const notes = unsayable.map(
    (word) => `${place(word)}: ${quote([word])} can not be said with the model and was left out.`,
  );
  const speech = (at: UnmatchedSpeech) => {
    const before = words[at.beforeWord];
    const where = before === undefined ? 'behind the text' : `before ${quote([before])} (${place(before)})`;
    return `${names.recording}: from ${time(at.start)} to ${time(at.end)} something is said that is not in the text, ${where}.`;
  };
  let next = 0;
  for (const { first, end, kind } of runsOf(words, minConfidence)) {
    while (next < unmatched.length && unmatched[next]!.beforeWord <= first)
      notes.push(speech(unmatched[next++]!));
    const run = words.slice(first, end);
    if (kind === 'missing') {
      notes.push(`${place(run[0]!)}: ${quote(run)} was not found${between(words, first, end)}.`);
    } else {
      const [from] = run as TimedWord[];
      notes.push(
        `${place(from!)}: ${quote(run)} fits badly at ${time(from!.start)}, confidence ${lowest(run)}.`,
      );
    }
  }
  return [...notes, ...unmatched.slice(next).map(speech)];
}

type Word = Alignment['words'][number];

interface Run {
  readonly first: number;
  readonly end: number;
  readonly kind: 'missing' | 'doubtful';
}

/** Stretches of words that are missing, and longer ones that fit badly. */
function runsOf(words: readonly Word[], minConfidence: number): Run[] {
  const runs: Run[] = [];
  for (const [index, word] of words.entries()) {
    if (word.confidence >= minConfidence) continue;
    const kind = isTimed(word) ? 'doubtful' : 'missing';
    const last = runs.at(-1);
    if (last?.end === index && last.kind === kind) runs[runs.length - 1] = { ...last, end: index + 1 };
    else runs.push({ first: index, end: index + 1, kind });
  }
  return runs.filter(({ first, end, kind }) => {
    return kind === 'missing' || end - first >= Math.min(DOUBTFUL_WORDS, words.length);
  });
}

/** Between which times words that were not found would have to be. */
function between(words: readonly Word[], first: number, end: number): string {
  const before = words.slice(0, first).findLast(isTimed);
  const after = words.slice(end).find(isTimed);
  if (before === undefined && after === undefined) return ' in the recording';
  if (before === undefined) return ` before ${time(after!.start)}`;
  if (after === undefined) return ` behind ${time(before.end)}`;
  return ` between ${time(before.end)} and ${time(after.start)}`;
}

function lowest(words: readonly Word[]): string {
  return Math.min(...words.map(({ confidence }) => confidence)).toFixed(2);
}

function quote(words: readonly TextWord[]): string {
  const shown = words.slice(0, QUOTED_WORDS).map(({ text }) => text);
  const more = words.length - shown.length;
  return `“${shown.join(' ')}${more > 0 ? ' …' : ''}”${more > 0 ? ` and ${more} words more` : ''}`;
}

function time(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}
