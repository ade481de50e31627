/**
 * What the language model costs: loading, memory, a score. Run:
 * `node --import tsx test/bench/language-model.bench.ts [--language-model FILE] [--json]`
 *
 * Times are processor time, so that a busy machine does not spoil them. "load first" is the first load of the process,
 * before anything is compiled, the file read included; "load again" the median of more. Scores are of the words of README.md
 * in their place, and of random words there, as a search asks for words that nobody said.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';

const LOADS = 9;
const CALLS = 1_000_000;

const { values } = scriptArguments(import.meta.filename, {
  options: {
    'language-model': { type: 'string', default: 'models/en-base/lm.bin' },
    model: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const path = values['language-model'];

/** Into memory that workers can share, as the agent does it. */
function load(): NgramModel {
  const file = readFileSync(path);
  const shared = new SharedArrayBuffer(file.byteLength);
  new Uint8Array(shared).set(file);
  return NgramModel.fromBuffer(shared, path);
}

/** Processor time in milliseconds. */
function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const loads = Array.from({ length: LOADS + 1 }, () => cpuMs(load));
const [first = 0, ...more] = loads;
const model = load();
const text = splitWords(normalizeText(readFileSync('README.md', 'utf8'))).map((word) => model.wordId(word));
const random = seededRandom(1);
const states = new Int32Array(CALLS);
const likely = new Int32Array(CALLS);
const randomWords = new Int32Array(CALLS);
for (let i = 0, state = model.start; i < CALLS; i += 1) {
  states[i] = state;
  likely[i] = text[i % text.length]!;
  randomWords[i] = Math.floor(random() * model.wordCount);
  state = model.next(state, likely[i]!);
}
let checksum = 0;

/** Processor time of one call in nanoseconds. */
function callNs(call: (state: number, word: number) => number, words: Int32Array): number {
  const ms = cpuMs(() => {
    for (let i = 0; i < CALLS; i += 1) checksum += call(states[i]!, words[i]!);
  });
  return (ms * 1e6) / CALLS;
}

const scoreOf = (state: number, word: number): number => model.score(state, word);
const nextOf = (state: number, word: number): number => model.next(state, word);
const ngrams = model.ngramCounts.reduce((sum, count) => sum + count, 0);
const result = {
  file: path,
  order: model.order,
  words: model.wordCount,
  ngrams,
  megabytes: readFileSync(path).byteLength / 1e6,
  bytesPerNgram: readFileSync(path).byteLength / ngrams,
  loadFirstMs: first,
  loadAgainMs: more.sort((a, b) => a - b)[Math.floor(LOADS / 2)]!,
  scoreTextNs: callNs(scoreOf, likely),
  scoreRandomWordNs: callNs(scoreOf, randomWords),
  nextTextNs: callNs(nextOf, likely),
};
if (!Number.isFinite(checksum)) throw new Error('the model gave a score that is no number');
if (values.json) {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown' };
  process.stdout.write(`${JSON.stringify({ machine, results: [result] }, null, 2)}\n`);
} else {
  const lines = Object.entries(result).map(([name, value]) => {
    const text = typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(3) : value;
    return `${name.padEnd(14)} ${text}`;
  });
  process.stdout.write(`${cpus()[0]?.model}, Node ${process.version}\n${lines.join('\n')}\n`);
}
