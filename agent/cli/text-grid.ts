import type { Cue } from './subtitle-cues.ts';

/**
 * A TextGrid of Praat with one tier of intervals, in its long text format; what lies between the labels gets empty ones.
 * @param labels in order, without overlap; Praat has no interval without length, so that one is left out
 * @param seconds length of the recording
 */
export function textGrid(tier: string, labels: readonly Cue[], seconds: number): string {
  const intervals: Cue[] = [];
  let at = 0;
  for (const label of labels.filter(({ start, end }) => end > start)) {
    if (label.start > at) intervals.push({ start: at, end: label.start, text: '' });
    intervals.push(label);
    at = label.end;
  }
  if (at < seconds || intervals.length === 0) intervals.push({ start: at, end: seconds, text: '' });
  const lines = [
    'File type = "ooTextFile"',
    'Object class = "TextGrid"',
    '',
    'xmin = 0',
    `xmax = ${seconds}`,
    'tiers? <exists>',
    'size = 1',
    'item []:',
    '    item [1]:',
    '        class = "IntervalTier"',
    `        name = "${quoted(tier)}"`,
    '        xmin = 0',
    `        xmax = ${seconds}`,
    `        intervals: size = ${intervals.length}`,
    ...intervals.flatMap(({ start, end, text }, index) => [
      `        intervals [${index + 1}]:`,
      `            xmin = ${start}`,
      `            xmax = ${end}`,
      `            text = "${quoted(text)}"`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** A quotation mark is written twice. */
function quoted(text: string): string {
  return text.replaceAll('"', '""');
}
