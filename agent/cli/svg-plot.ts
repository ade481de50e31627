/** One line of a plot; points from left to right. */
export interface PlotSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Plot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly PlotSeries[];
  /** Even steps instead of doubling ones along x. */
  readonly isLinear?: boolean;
  /** Where y ends, instead of somewhat above the highest point. */
  readonly yMax?: number;
  /** A horizontal line with its name. */
  readonly limit: { readonly name: string; readonly y: number };
  /** Under the plot: what it was measured on. */
  readonly caption: string;
}

const WIDTH = 720;
const LEFT = 70;
const RIGHT = 30;
/** Between the axes. */
const PLOT_HEIGHT = 300;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];
/** More points than this are drawn without marks. */
const MOST_MARKS = 20;
const COLOURS = ['#0b6e99', '#c2410c', '#4d7c0f', '#7e22ce', '#a16207', '#be185d'];
const LEGEND = { fontSize: 13, y: 45, rowHeight: 20, markWidth: 16, gap: 18 };
const CAPTION = { fontSize: 11, rowHeight: 15 };
/** Of a character, as a share of the font's size; the widest of the common fonts. */
const CHARACTER_WIDTH = 0.56;

/** Draws a line plot as an SVG document: x logarithmic to base 2 or linear, y from 0. Readable on light and dark pages. */
export function svgPlot(plot: Plot): string {
  const legend = legendOf(plot);
  const top = LEGEND.y + legend.rows * LEGEND.rowHeight - 9;
  const scale = scaleOf(plot, top);
  const captionY = top + PLOT_HEIGHT + 72;
  const caption = linesOf(plot.caption);
  const height = captionY + CAPTION.rowHeight * (caption.length - 1) + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(plot.title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<g font-family="system-ui, sans-serif" font-size="${LEGEND.fontSize}" fill="#1f2937">`,
    `<text x="${LEFT}" y="26" font-size="17" font-weight="600">${escapeXml(plot.title)}</text>`,
    ...axes(plot, scale),
    ...limitLine(plot, scale),
    ...plot.series.flatMap((series, index) => seriesMarks(series, index, scale)),
    ...legend.marks,
    ...caption.map(
      (line, row) =>
        `<text x="${LEFT}" y="${captionY + row * CAPTION.rowHeight}" font-size="${CAPTION.fontSize}" fill="#6b7280">${escapeXml(line)}</text>`,
    ),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  readonly xs: readonly number[];
  readonly yMax: number;
  readonly top: number;
  x(value: number): number;
  y(value: number): number;
}

function scaleOf(plot: Plot, top: number): Scale {
  const { series, limit, isLinear = false } = plot;
  const points = series.flatMap((each) => each.points);
  const measured = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const xMax = niceCeiling(measured.at(-1) ?? 1);
  const xs = isLinear ? QUARTERS.map((share) => shortest(share * xMax)) : measured;
  const place = isLinear ? (x: number) => x : Math.log2;
  const yMax = plot.yMax ?? niceCeiling(Math.max(limit.y, ...points.map(({ y }) => y)) * 1.05);
  const first = place(xs[0] ?? 1);
  const span = place(xs.at(-1) ?? 2) - first || 1;
  return {
    xs,
    ...{ yMax, top },
    x: (value) => round(LEFT + ((place(value) - first) / span) * (WIDTH - LEFT - RIGHT)),
    y: (value) => round(top + PLOT_HEIGHT * (1 - value / yMax)),
  };
}

function axes({ xTitle, yTitle }: Plot, scale: Scale): string[] {
  const bottom = scale.y(0);
  const ticks = QUARTERS.map((share) => shortest(share * scale.yMax));
  return [
    ...ticks.flatMap((tick) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${scale.y(tick)}" y2="${scale.y(tick)}" stroke="#e5e7eb"/>`,
      `<text x="${LEFT - 8}" y="${scale.y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ]),
    ...scale.xs.map((x) => `<text x="${scale.x(x)}" y="${bottom + 20}" text-anchor="middle">${x}</text>`),
    `<text x="${WIDTH / 2}" y="${bottom + 42}" text-anchor="middle">${escapeXml(xTitle)}</text>`,
    `<text transform="translate(18 ${(scale.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yTitle)}</text>`,
  ];
}

function limitLine({ limit }: Plot, scale: Scale): string[] {
  const y = scale.y(limit.y);
  return [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="#9ca3af" stroke-dasharray="6 4"/>`,
    `<text x="${WIDTH - RIGHT}" y="${y - 6}" text-anchor="end" fill="#6b7280">${escapeXml(limit.name)}</text>`,
  ];
}

function seriesMarks({ points }: PlotSeries, index: number, scale: Scale): string[] {
  const colour = colourOf(index);
  const path = points.map(({ x, y }) => `${scale.x(x)},${scale.y(y)}`).join(' ');
  const marked = points.length > MOST_MARKS ? [] : points;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5"/>`,
    ...marked.map(({ x, y }) => `<circle cx="${scale.x(x)}" cy="${scale.y(y)}" r="4" fill="${colour}"/>`),
  ];
}

/** The names of the lines, in as many rows as they need. */
function legendOf({ series }: Plot): { rows: number; marks: string[] } {
  const marks: string[] = [];
  let [x, row] = [LEFT, 0];
  for (const [index, { name }] of series.entries()) {
    const width = LEGEND.markWidth + widthOf(name, LEGEND.fontSize);
    if (x > LEFT && x + width > WIDTH - RIGHT) [x, row] = [LEFT, row + 1];
    const y = LEGEND.y + row * LEGEND.rowHeight;
    marks.push(`<circle cx="${round(x + 5)}" cy="${y - 4}" r="5" fill="${colourOf(index)}"/>`);
    marks.push(`<text x="${round(x + LEGEND.markWidth)}" y="${y}">${escapeXml(name)}</text>`);
    x += width + LEGEND.gap;
  }
  return { rows: row + 1, marks };
}

/** A text as lines that fit under the plot, broken between words. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && widthOf(longer, CAPTION.fontSize) <= WIDTH - LEFT - RIGHT)
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function widthOf(text: string, fontSize: number): number {
  return text.length * fontSize * CHARACTER_WIDTH;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

/** The next number of one or two digits and zeros whose quarters are round too. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const factor =
    [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return factor * power;
}

/** Without what binary fractions add. */
function shortest(value: number): number {
  return Number(value.toPrecision(6));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
