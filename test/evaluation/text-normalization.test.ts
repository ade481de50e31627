import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';

const CASES: readonly (readonly [string, string])[] = [
  // case, punctuation, spaces
  ['WE CALL IT BEAR', 'we call it bear'],
  ['  Hello,\tworld!  ', 'hello world'],
  ['"Generations (Of Gospel Music)".', 'generations of gospel music'],
  ['smart and playful...', 'smart and playful'],
  ['', ''],
  ['?!', ''],
  // apostrophes
  ['People know what we’re about', "people know what we're about"],
  ['‘Bravo!’ he said', 'bravo he said'],
  ["'Til the debtors' side", 'til the debtors side'],
  ["rock 'n' roll", 'rock n roll'],
  ["five o'clock", "five o'clock"],
  ['I don\ufffdt know', "i don't know"],
  ['the dog`s tail', "the dog's tail"],
  // hyphens and dashes
  ['a low-born man', 'a low born man'],
  ['a well\u2011ordered society', 'a well ordered society'],
  ['yes\u2014no\u2013maybe', 'yes no maybe'],
  // letters
  ['Café Noël', 'cafe noel'],
  ['Ærøskøbing, Łódź, Straße', 'aeroskobing lodz strasse'],
  ['ﬁne ﬂour', 'fine flour'],
  ['Ｆｕｌｌ', 'full'],
  ['Привет you', 'you'],
  // tags
  ['[noise] Operator', 'operator'],
  ['{click] Onword', 'onword'],
  ['hello <unk> there', 'hello there'],
  ['%um hello', 'um hello'],
  // abbreviations
  ['Mr. Pickwick and Mrs Jones', 'mister pickwick and missus jones'],
  ['Dr. Smith', 'doctor smith'],
  ['Dr Smith', 'doctor smith'],
  ['ridge dr', 'ridge dr'],
  ['dr%a', 'dr a'],
  ['in St. Petersburg', 'in saint petersburg'],
  ['Main St. Bob lives there', 'main st bob lives there'],
  ['Prof. Hay vs. Prof. Lee, etc.', 'professor hay versus professor lee et cetera'],
  ['Goodmorning, Anna!', 'good morning anna'],
  ['Sammy Davis Jr.', 'sammy davis junior'],
  ['No. 5', 'number five'],
  ['say no. then go', 'say no then go'],
  ['#7 and 8', 'number seven and eight'],
  ['the U.S.A.', 'the u s a'],
  ['9 a.m. to 5 p.m.', 'nine a m to five p m'],
  ['5pm', 'five p m'],
  ['I am here', 'i am here'],
  // integers
  ['0', 'zero'],
  ['7, 13, 20, 42', 'seven thirteen twenty forty two'],
  ['100 101 342', 'one hundred one hundred one three hundred forty two'],
  ['1,000', 'one thousand'],
  ['495,000', 'four hundred ninety five thousand'],
  [
    '999999999',
    'nine hundred ninety nine million nine hundred ninety nine thousand nine hundred ninety nine',
  ],
  ['1000000000', 'one zero zero zero zero zero zero zero zero zero'],
  ['007', 'zero zero seven'],
  ['4 1 2', 'four one two'],
  ['it fell to -5', 'it fell to minus five'],
  ['5-6', 'five six'],
  ['4x4', 'four x four'],
  ['mp3', 'mp three'],
  // years and decades
  ['in 1998', 'in nineteen ninety eight'],
  ['in 1906', 'in nineteen oh six'],
  ['in 1900', 'in nineteen hundred'],
  ['in 2005 and 2019', 'in two thousand five and twenty nineteen'],
  ['the 1990s', 'the nineteen nineties'],
  ["the '80s", 'the eighties'],
  // ordinals
  ['1st 2nd 3rd 5th 8th 9th 12th', 'first second third fifth eighth ninth twelfth'],
  ['20th 21st 100th', 'twentieth twenty first one hundredth'],
  // decimals and fractions
  ['3.14', 'three point one four'],
  ['.5', 'point five'],
  ['version 1.2.3', 'version one two three'],
  ['1/2 a cup, 3/4 done', 'one half a cup three quarters done'],
  ['2½ miles', 'two and a half miles'],
  ['m²', 'm squared'],
  ['20°C', 'twenty degrees celsius'],
  // money
  ['$1 $5', 'one dollar five dollars'],
  ['$1,000.50', 'one thousand dollars and fifty cents'],
  ['£200', 'two hundred pounds'],
  ['€0.01', 'one cent'],
  ['$1.2 million', 'one point two million dollars'],
  // clock
  ['meet me at 5:00', "meet me at five o'clock"],
  ['5:30, 5:05 pm', 'five thirty five oh five p m'],
  // symbols
  ['50%', 'fifty percent'],
  ['AT&T', 'at and t'],
  ['Mr1 Mŕs. vs2', 'mister one missus versus two'],
  ['2+2', 'two plus two'],
  ['bob@example.com', 'bob at example dot com'],
];

for (const [text, expected] of CASES) {
  test(`normalises ${JSON.stringify(text)}`, () => assert.equal(normalizeText(text), expected));
}

test('gives only a to z, apostrophes between letters and single spaces, whatever the text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(..."aB1250.,:'-/%$£ stndrhpm") }),
  );
  fc.assert(
    fc.property(text, (any) => assert.match(normalizeText(any), /^$|^[a-z]+('[a-z]+)*( [a-z]+('[a-z]+)*)*$/)),
  );
});

test('changes nothing when applied twice', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(..."abCmrstvejdc1250.,:'-/%$£ ´\u0301") }),
  );
  fc.assert(
    fc.property(text, (any) => {
      const once = normalizeText(any);
      assert.equal(normalizeText(once), once);
    }),
  );
});

test('splits into words, none for an empty text', () => {
  assert.deepEqual(splitWords(normalizeText('Call 2 friends.')), ['call', 'two', 'friends']);
  assert.deepEqual(splitWords(''), []);
});

test('the command for the trainer normalises one column of a table', () => {
  const script = fileURLToPath(new URL('../../scripts/normalize-text.ts', import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', script, '--column', 'text'], {
    input: 'file\ttext\ta\nX.wav\tNo. 5!\tB\n',
    encoding: 'utf8',
  });
  assert.equal(stdout, 'file\ttext\ta\nX.wav\tnumber five\tB\n');
  assert.equal(status, 0);
});
