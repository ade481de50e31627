/** A value of a scrape. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of a text in the Prometheus exposition format 0.0.4, by metric; lines that are none are passed over. */
export class PrometheusText {
  readonly #samples = new Map<string, Sample[]>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [, name, labels = '', value] = LINE.exec(line) ?? [];
      if (name === undefined) continue;
      const known = this.#samples.get(name) ?? [];
      known.push({ labels: parseLabels(labels), value: parseValue(value!) });
      this.#samples.set(name, known);
    }
  }

  /** All samples of a metric; none when it is absent. */
  samples(name: string): readonly Sample[] {
    return this.#samples.get(name) ?? [];
  }

  /** The sum over all labels; 0 when the metric is absent. */
  sum(name: string): number {
    return this.samples(name).reduce((sum, { value }) => sum + value, 0);
  }

  /** Labels of the first sample, as information is told in Prometheus; undefined when the metric is absent. */
  labels(name: string): Readonly<Record<string, string>> | undefined {
    return this.samples(name)[0]?.labels;
  }
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name, value]) => [name!, value!.replace(/\\(.)/g, readEscape)]),
  );
}

function readEscape(_: string, letter: string): string {
  return letter === 'n' ? '\n' : letter;
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
