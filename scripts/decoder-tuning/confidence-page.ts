import { svgPlot } from '../../agent/cli/svg-plot.ts';
import type { ConfidenceCalibration } from '../../agent/decoder/word-confidence.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import type { Reliability } from './fit-confidence.ts';

/** Bins with fewer words are not drawn: their share of right words is chance. */
const LEAST_WORDS = 10;

/** How far the confidence of words can be believed, on recordings that it was not fitted on. */
export interface CalibrationReport {
  /** Name and version. */
  readonly model: string;
  readonly split: string;
  /** Recordings; half of them fitted, the other half judged. */
  readonly clips: number;
  /** What makes this report. */
  readonly command: string;
  readonly calibration: ConfidenceCalibration;
  /** Of the share of the beam as it is. */
  readonly share: Reliability;
  readonly fitted: Reliability;
}

/** Reliability diagram: the share of right words over their mean confidence, as an SVG document. */
export function reliabilityPlot({ model, split, share, fitted }: CalibrationReport): string {
  const pointsOf = ({ bins }: Reliability) =>
    bins
      .filter(({ words }) => words >= LEAST_WORDS)
      .map(({ confidence, correct }) => ({ x: 100 * confidence, y: 100 * correct }));
  const right = 100 * shareOfRight(fitted);
  return svgPlot({
    title: `Reliability of word confidences, ${model}`,
    xTitle: 'mean confidence, %',
    yTitle: 'words that are right, %',
    isLinear: true,
    yMax: 100,
    limit: { name: `all words: ${right.toFixed(0)} % right`, y: right },
    series: [
      {
        name: 'as it should be',
        points: [
          { x: 0, y: 0 },
          { x: 100, y: 100 },
        ],
      },
      { name: 'fitted', points: pointsOf(fitted) },
      { name: 'share of the beam', points: pointsOf(share) },
    ],
    caption: `${wordCount(fitted)} words of ${split} that were not fitted on; bins of ${LEAST_WORDS} words or more`,
  });
}

/** The report as text for a terminal. */
export function confidenceText({ share, fitted, calibration }: CalibrationReport): string {
  return [
    `confidence ${JSON.stringify(calibration)}`,
    `expected calibration error ${percent(fitted.error)} % on ${wordCount(fitted)} words not fitted on; of the share of the beam ${percent(share.error)} %`,
    binTable(fitted),
  ].join('\n');
}

/** The report as the bundle's page CONFIDENCE.md. */
export function confidencePage(report: CalibrationReport): string {
  const { model, split, clips, share, fitted, command } = report;
  return `# How sure ${model} is of its words

The confidence of a word of the search through the lexicon is fitted on half of ${clips} recordings of \`${split}\` and judged
on the other half, ${wordCount(fitted)} words of which ${percent(shareOfRight(fitted))} % are right. Its expected calibration error there is
**${percent(fitted.error)} %**; that of the share of the beam, without the fit, ${percent(share.error)} %.

![Share of right words over their mean confidence](reliability.svg)

${binTable(fitted)}

Made by:

    ${command}
`;
}

function binTable({ bins }: Reliability): string {
  const columns = ['words', 'mean confidence %', 'right %'].map((title) => ({
    title,
    align: 'right' as const,
  }));
  const rows = bins.filter(({ words }) => words > 0);
  return markdownTable(
    columns,
    rows.map(({ words, confidence, correct }) => [String(words), percent(confidence), percent(correct)]),
  ).trimEnd();
}

function wordCount({ bins }: Reliability): number {
  return bins.reduce((sum, { words }) => sum + words, 0);
}

function shareOfRight(reliability: Reliability): number {
  const right = reliability.bins.reduce((sum, { words, correct }) => sum + words * correct, 0);
  return right / (wordCount(reliability) || 1);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
