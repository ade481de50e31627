import type { Cue } from './subtitle-cues.ts';

/** What stands before the first cue of a WebVTT file. */
export const VTT_HEAD = 'WEBVTT\n\n';

/** A cue of a SubRip file. @param number from 1 */
export function srtCue({ start, end, text }: Cue, number: number): string {
  return `${number}\n${times(start, end, ',')}\n${text}\n\n`;
}

/** A cue of a WebVTT file. */
export function vttCue({ start, end, text }: Cue): string {
  return `${times(start, end, '.')}\n${escaped(text)}\n\n`;
}

/** A text of WebVTT, which has marks: https://www.w3.org/TR/webvtt1/#webvtt-cue-text-span */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
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
