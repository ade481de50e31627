import type { Final } from '../transcript/transcript-event.ts';
import { type Cue, cuesOf } from './subtitle-cues.ts';
import { srtCue, VTT_HEAD, vttCue } from './subtitle-text.ts';

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
      return { head: VTT_HEAD, format: (final) => cuesOf(writtenWords(final)).map(vttCue).join('') };
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
      .map((cue) => srtCue(cue, ++this.#count))
      .join('');
  }
}
