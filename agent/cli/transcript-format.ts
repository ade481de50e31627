import type { Final } from '../transcript/transcript-event.ts';
import { cuesOf } from './subtitle-cues.ts';

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
      return { head: '', format: ({ text }) => (text === '' ? '' : `${text}\n`) };
    case 'json':
      return { head: '', format: (final) => `${JSON.stringify({ file, ...final })}\n` };
    case 'srt':
      return new SrtFormatter();
    case 'vtt':
      return { head: 'WEBVTT\n\n', format: ({ words }) => cuesOf(words).map(vttCue).join('') };
  }
}

class SrtFormatter implements TranscriptFormatter {
  readonly head = '';
  #count = 0;

  format({ words }: Final): string {
    return cuesOf(words)
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
