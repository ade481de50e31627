import fc from 'fast-check';

/** What a client asks a stream to listen for, right and wrong, in the words of every protocol that can say it. */

const NAMES = [
  'kitchen',
  'light',
  'on',
  'off',
  'Siobhan',
  'constructor',
  '__proto__',
  'toString',
  '42',
  'ß',
  'é',
];
/** Every character that means something in a template, JSGF or YAML. */
const SIGNS = [...'()[]|{}<>;:/\\-,"\'#*+=&!?@%~`$^ \n\t', '${', '[unk]', '\u0000', '\u202e', '😀', 'ﬁ'];

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme', maxLength: 12 }));
const longWord = fc
  .tuple(fc.constantFrom('a', 'xq', 'ab-', "o'", '9', 'ü'), fc.integer({ min: 100, max: 8000 }))
  .map(([part, count]) => part.repeat(count));
const signs = fc
  .array(fc.oneof(fc.constantFrom(...SIGNS), name), { maxLength: 60 })
  .map((parts) => parts.join(''));

/** Alternatives without a space between: each part doubles the words that there may be. */
const glued = fc
  .tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 6 }))
  .map(([parts, ways]) =>
    `(${Array.from({ length: ways }, (_, i) => String.fromCharCode(97 + i)).join('|')})`.repeat(parts),
  );
const deep = fc
  .tuple(
    fc.constantFrom(['(', ')'], ['[', ']'], ['(a|', ')'], ['[b ', '] c']),
    fc.integer({ min: 5, max: 400 }),
  )
  .map(([[open, close], depth]) => `${open!.repeat(depth)}x${close!.repeat(depth)}`);
const anyOrder = fc
  .integer({ min: 2, max: 12 })
  .map((parts) => `(${Array.from({ length: parts }, (_, i) => `word ${i}`).join('; ')})`);
const numbers = fc
  .tuple(fc.integer({ min: -10, max: 10 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: -1, max: 3 }))
  .map(([from, digits, step]) => `set {n:${from}-${10 ** digits},${step}}`);
const optional = fc.integer({ min: 2, max: 200 }).map((count) => '[a] [the] (b|c) '.repeat(count));
const weights = fc.constantFrom(
  '(/3/ on | /1/ off)',
  '(/0/ on | /-1/ off)',
  '(/1e999/ on | /NaN/ off)',
  '(//)',
);

const template = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('turn (on|off) [the] light[s]', 'set {area} to {level:0-100} percent'),
  },
  { weight: 3, arbitrary: signs },
  ...[glued, deep, anyOrder, numbers, optional, weights, longWord].map((arbitrary) => ({
    weight: 1,
    arbitrary,
  })),
);

/** Each rule is twice the one before it. */
const doubling = fc.integer({ min: 2, max: 40 }).map((count) => {
  const rules = Array.from({ length: count }, (_, i) => `  r${i + 1}: "<r${i}> <r${i}>"`);
  return `intents:\n  I: ["<r${count}>"]\nexpansion_rules:\n  r0: "(a|b)"\n${rules.join('\n')}\n`;
});
const inCircles = fc.constant('intents:\n  I: ["<a>"]\nexpansion_rules:\n  a: "<b>"\n  b: "x <a>"\n');
const aliases = fc.integer({ min: 2, max: 12 }).map((count) => {
  const lists = Array.from(
    { length: count },
    (_, i) => `  l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`,
  );
  return `lists:\n  l0: &l0 [a, b]\n${lists.join('\n')}\nintents:\n  I: ["{l${count}}"]\n`;
});
const manyValues = fc
  .tuple(fc.integer({ min: 1, max: 1500 }), name)
  .map(
    ([count, word]) =>
      `lists:\n  area: [${Array.from({ length: count }, (_, i) => JSON.stringify(`${word} ${i}`))}]\nintents:\n  I: ["go {area}"]\n`,
  );
const yaml = fc
  .array(template, { minLength: 1, maxLength: 4 })
  .map((templates) => `intents:\n  I: ${JSON.stringify(templates)}\nlists:\n  area: [kitchen, garden]\n`);
const jsgf = fc
  .array(template, { minLength: 1, maxLength: 3 })
  .map(
    (rules) => `#JSGF V1.0;\ngrammar g;\n${rules.map((rule, i) => `public <r${i}> = ${rule};`).join('\n')}\n`,
  );

const grammarText = fc.oneof(
  { weight: 4, arbitrary: yaml },
  { weight: 2, arbitrary: fc.array(template, { maxLength: 5 }).map((lines) => lines.join('\n')) },
  ...[jsgf, doubling, inCircles, aliases, manyValues, signs].map((arbitrary) => ({ weight: 1, arbitrary })),
);
const wrong = fc.constantFrom<unknown>(null, -1, 1e308, '', [], {}, [[]], 'x', true);
/** Mostly as it should be. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: wrong });

const grammars = fc.array(fc.record({ name: mostly(name), text: mostly(grammarText) }), { maxLength: 3 });
const commands = fc.record(
  {
    type: fc.constant('commands'),
    grammars: mostly(grammars),
    minConfidence: mostly(fc.double({ min: 0, max: 1, noNaN: true })),
  },
  { requiredKeys: ['type', 'grammars'] },
);
const phrase = fc.oneof(fc.constantFrom('hey jarvis', 'computer', 'view glass'), name, longWord, signs);
const wake = fc.record(
  {
    type: fc.constant('wake'),
    phrases: mostly(fc.array(fc.record({ text: mostly(phrase) }), { maxLength: 22 })),
    listenFor: mostly(fc.oneof(fc.constant({ type: 'dictation' }), commands)),
    listenMs: mostly(fc.integer({ min: -1, max: 100_000 })),
  },
  { requiredKeys: ['type', 'phrases'] },
);
const dictation = fc.constant({ type: 'dictation' });
const hotwords = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(
      fc.record(
        { text: mostly(phrase), boost: mostly(fc.constantFrom(0, 4, 50, 51, -5)) },
        { requiredKeys: ['text'] },
      ),
      { maxLength: 20 },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 150, max: 2000 })
      .map((count) => Array.from({ length: count }, (_, i) => ({ text: `name ${i}` }))),
  },
);

/** Options of a stream in the native protocol. */
const options = fc.record(
  {
    task: mostly(
      fc.oneof(
        { weight: 4, arbitrary: commands },
        { weight: 2, arbitrary: wake },
        { weight: 1, arbitrary: dictation },
      ),
    ),
    hotwords: mostly(hotwords),
    decoder: mostly(fc.constantFrom('greedy', 'beam', 'lexicon')),
    beamWidth: mostly(fc.constantFrom(1, 8, 512, 1e9)),
    alternatives: mostly(fc.constantFrom(0, 3, 1000)),
  },
  { requiredKeys: [] },
);

/** Native: `start` and `configure`. */
export const nativeSettings = fc
  .record(
    { type: fc.constantFrom('configure', 'configure', 'start'), id: mostly(fc.nat(9)), options },
    { requiredKeys: ['type', 'options'] },
  )
  .map((message) => JSON.stringify(message));

/** Vosk: a list of phrases. */
export const voskSettings = fc
  .array(mostly(fc.oneof(phrase, fc.constant('[unk]'), glued)), { maxLength: 40 })
  .map((phrases) => JSON.stringify({ config: { sample_rate: 16000, phrase_list: phrases } }));

/** OpenAI: keywords, and a prompt whose names become keywords. */
export const openaiSettings = fc
  .record(
    {
      keywords: mostly(fc.array(phrase, { maxLength: 20 })),
      prompt: mostly(fc.oneof(signs, longWord, phrase)),
    },
    { requiredKeys: [] },
  )
  .map((transcription) =>
    JSON.stringify({
      type: 'session.update',
      session: { type: 'transcription', audio: { input: { transcription } } },
    }),
  );

/** Deepgram: parameters of the address. */
export const deepgramParameters = fc
  .array(fc.tuple(fc.constantFrom('keyterm', 'keywords'), fc.oneof(name, signs, fc.constant('x:9e9'))), {
    maxLength: 20,
  })
  .map((pairs) =>
    pairs.map(([key, value]) => `&${key}=${encodeURIComponent(Buffer.from(value).toString())}`).join(''),
  );

/** Wyoming: the data of `detect` and `transcribe`. */
export const wyomingSettings = fc.record(
  {
    names: mostly(fc.array(mostly(phrase), { maxLength: 22 })),
    language: mostly(fc.constantFrom('en', 'de', 'xx')),
    name: mostly(name),
    context: mostly(fc.json({ maxDepth: 6 }).map((text) => JSON.parse(text) as unknown)),
    vad_sensitivity: mostly(fc.constantFrom('relaxed', 'aggressive', 'default')),
  },
  { requiredKeys: [] },
);
