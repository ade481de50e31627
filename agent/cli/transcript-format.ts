import type { Final } from '../transcript/transcript-event.ts';
import { type Cue, cuesOf } from './subtitle-cues.ts';

export const TRANSCRIPT_FORMATS = ['text', 'json', 'srt', 'vtt'] as const;

/** `text`: a final a line; `json`: a final event a line, with its file; `srt`, `vtt`: subtitles. */
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** Writes the finals of one file in one format. */
export interface TranscriptFormatter {
  /** What stands before the first final. */
  readonly head: string;
  format(final: Final): string;
}

/** Ending of a file with that format. */
export const FORMAT_EXTENSIONS: Readonly<Record<TranscriptFormat, string>> = {
  text: '.txt',
  json: '.jsonl',
  srt: '.srt',
  vtt: '.vtt',
};

export function createFormatter(format: TranscriptFormat, file: string): TranscriptFormatter {
  switch (format) {
    case 'text':
      return { head: '', format: ({ text, readable }) => (text === '' ? '' : `${readable?.text ?? text}\n`) };
    case 'json':
      return { head: '', format: (final) => `${JSON.stringify({ file, ...final })}\n` };
    case 'srt':
      return new SrtFormatter();
    case 'vtt':
      return { head: 'WEBVTT\n\n', format: (final) => cuesOf(writtenWords(final)).map(vttCue).join('') };
  }
}

/** The words, or the readable tokens with the times of the words that they stand for. */
function writtenWords({ words, readable }: Final): readonly Cue[] {
  if (readable === undefined) return words;
  return readable.tokens.map(({ text, from, to }) => ({
    text,
    start: words[from]!.start,
    end: words[to - 1]!.end,
  }));
}

class SrtFormatter implements TranscriptFormatter {
  readonly head = '';
  #count = 0;

  format(final: Final): string {
    return cuesOf(writtenWords(final))
      .map(({ start, end, text }) => `${++this.#count}\n${times(start, end, ',')}\n${text}\n\n`)
      .join('');
  }
}

function vttCue({ start, end, text }: { start: number; end: number; text: string }): string {
  return `${times(start, end, '.')}\n${text}\n\n`;
}

function times(start: number, end: number, point: ',' | '.'): string {
  return `${timestamp(start, point)} --> ${timestamp(end, point)}`;
}

/** `3671.5` → `01:01:11,500` */
function timestamp(seconds: number, point: ',' | '.'): string {
  const milliseconds = Math.round(seconds * 1000);
  const part = (divisor: number, modulus: number, digits: number) =>
    String(Math.floor(milliseconds / divisor) % modulus).padStart(digits, '0');
  return `${part(3_600_000, 1e9, 2)}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}${point}${part(1, 1000, 3)}`;
}
