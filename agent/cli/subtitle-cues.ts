/** A stretch of text on the screen; times in seconds. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Two lines of 42 characters, the usual limits of subtitle guides; a cue is split before it exceeds them. */
const MAX_CHARACTERS = 84;
const LINE_CHARACTERS = 42;
const MAX_SECONDS = 6;
/** A pause that ends a cue. */
const PAUSE_SECONDS = 0.8;
/** Words at the end of a segment have hardly any length: a cue stays at least this long, if nothing follows. */
const MIN_SECONDS = 1;

/** Cuts the words of a segment into cues that can be read: short enough, and broken where the speaker pauses. */
export function cuesOf(words: readonly Cue[]): Cue[] {
  const groups: Cue[][] = [];
  for (const word of words) {
    const group = groups.at(-1);
    if (group === undefined || !fits(group, word)) groups.push([word]);
    else group.push(word);
  }
  return groups.map((group, index) => {
    const start = group[0]!.start;
    const next = groups[index + 1]?.[0]?.start ?? Number.POSITIVE_INFINITY;
    const end = Math.min(Math.max(group.at(-1)!.end, start + MIN_SECONDS), next);
    return { start, end, text: inLines(group.map(({ text }) => text)) };
  });
}

function fits(group: readonly Cue[], word: Cue): boolean {
  const characters = group.reduce((sum, { text }) => sum + text.length + 1, word.text.length);
  const pause = word.start - group.at(-1)!.end;
  return characters <= MAX_CHARACTERS && word.end - group[0]!.start <= MAX_SECONDS && pause < PAUSE_SECONDS;
}

/** One line, or two of about the same length. */
function inLines(words: readonly string[]): string {
  const text = words.join(' ');
  if (text.length <= LINE_CHARACTERS) return text;
  const spaces = [...text.matchAll(/ /g)].map(({ index }) => index);
  if (spaces.length === 0) return text;
  const middle = text.length / 2;
  const best = spaces.reduce((a, b) => (Math.abs(b - middle) < Math.abs(a - middle) ? b : a));
  return `${text.slice(0, best)}\n${text.slice(best + 1)}`;
}
