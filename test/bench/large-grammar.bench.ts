/**
 * A grammar of 10,000 sentences, 500 names in a slot: how long until a stream listens for it, and whether it keeps up
 * with speech. Run: `node --import tsx test/bench/large-grammar.bench.ts [--model FOLDER] [--json]`.
 *
 * The names are made of syllables, so that the letter-to-sound model pronounces them. The sound is synthetic speech that
 * is no command, over and over, which keeps more of the grammar in the search than a command does. Real-time factors
 * are CPU time of the whole process divided by the length of the sound: features and model are part of it.
 */

import { loadConfig } from '../../agent/config-load.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import type { StreamOptions } from '../../agent/engine/speech-engine.ts';
import { networkOf } from '../../agent/grammar/compile-grammar.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';
import { countSentences } from '../../agent/grammar/sentences.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { readSamples } from '../support/real-speech.ts';

const ONSETS = ['b', 'd', 'k', 'l', 'm', 'n', 'r', 's', 't', 'v'];
const MIDDLES = ['ala', 'eno', 'iri', 'omu', 'ume'];
const ENDS = ['ton', 'line', 'ra', 'berg', 'sey', 'man', 'dell', 'vin', 'ley', 'ko'];
const ROUNDS = 10;

const { values } = scriptArguments(import.meta.filename, {
  options: { model: { type: 'string', default: 'models/en-base' }, json: { type: 'boolean' } },
});

const names = ONSETS.flatMap((onset) => MIDDLES.flatMap((middle) => ENDS.map((end) => onset + middle + end)));
const text = `intents:
  Call: ["(call|phone|ring|text|message) [my friend] {name} (now|later)"]
lists:
  name: [${names.join(', ')}]
`;
const task = { type: 'commands', grammars: [{ name: 'names', text }] } as const;
const { config } = loadConfig({ flags: [{ flag: '--set', key: 'engine.workers', text: '1' }] });
const speech = await readSamples(new URL('../fixtures/speech/two-sentences.wav', import.meta.url).pathname);
const engine = await Recognizer.load(values.model, config);

const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const stream = engine.createStream();
await stream.configure({ task });
const compileMs = Math.round(performance.now() - startedAt);
const compileCpu = process.cpuUsage(cpuBefore);
stream.close();

const result = {
  sentences: Number(countSentences(networkOf([readGrammar(task.grammars[0])]))),
  names: names.length,
  compileMs,
  compileCpuMs: Math.round((compileCpu.user + compileCpu.system) / 1000),
  commandsRealTimeFactor: await realTimeFactor({ task }),
  dictationRealTimeFactor: await realTimeFactor({}),
};
await engine.close();
process.stdout.write(
  values.json
    ? `${JSON.stringify(result)}\n`
    : `${Object.entries(result)
        .map(([key, value]) => `${key} ${value}`)
        .join('\n')}\n`,
);

async function realTimeFactor(options: StreamOptions): Promise<number> {
  const listening = engine.createStream(options);
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!listening.acceptPcm(speech)) await listening.drained();
  }
  listening.finish();
  for await (const _ of listening);
  const { user, system } = process.cpuUsage(before);
  const seconds = (ROUNDS * speech.length) / engine.sampleRate;
  return Number(((user + system) / 1e6 / seconds).toFixed(4));
}
