import { basename, extname } from 'node:path';
import { cuesOf } from './subtitle-cues.ts';
import { srtCue, VTT_HEAD, vttCue } from './subtitle-text.ts';
import { textGrid } from './text-grid.ts';
import { isTimed, type TimedText } from './timed-text.ts';

export const ALIGNMENT_FORMATS = ['json', 'ctm', 'srt', 'vtt', 'textgrid'] as const;

/**
 * `json`: a word a line; `ctm`: the same as NIST's tools read it; `srt`, `vtt`: subtitles; `textgrid`: a tier of words
 * for Praat. Words that were not found stand only in `json`, without times.
 */
export type AlignmentFormat = (typeof ALIGNMENT_FORMATS)[number];

/** A text with its places in a recording, as the text of a file. */
export function formatAlignment(format: AlignmentFormat, text: TimedText, recording: string): string {
  const words = text.words.filter(isTimed);
  switch (format) {
    case 'json':
      return text.words.map((word) => `${JSON.stringify(word)}\n`).join('');
    case 'ctm':
      return words
        .map(({ start, end, text: word, confidence }) => {
          const length = (end - start).toFixed(3);
          return `${ctmName(recording)} 1 ${start.toFixed(3)} ${length} ${word.replace(/\s+/g, '')} ${confidence}\n`;
        })
        .join('');
    case 'srt':
      return cuesOf(words)
        .map((cue, index) => srtCue(cue, index + 1))
        .join('');
    case 'vtt':
      return VTT_HEAD + cuesOf(words).map(vttCue).join('');
    case 'textgrid':
      return textGrid('words', words, text.seconds);
  }
}

/** The name of the recording without folder and extension; as a word has, a name has no spaces: they part the columns. */
function ctmName(recording: string): string {
  return basename(recording, extname(recording)).replace(/\s+/g, '_');
}
