import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalizeFrench } from '../../agent/evaluation/french-normalization.ts';
import { frenchCardinal, frenchOrdinal } from '../../agent/evaluation/french-number-words.ts';

const CASES: readonly (readonly [string, string])[] = [
  // letters
  ['Où est la forêt ? Ça, ce naïf l’ignorait.', "où est la forêt ça ce naïf l'ignorait"],
  ['un cœur, des œufs, Lætitia', 'un coeur des oeufs laetitia'],
  ['É à e\u0301 a\u0300', 'é à é à'],
  ['señor Müller, Łódź, Dvořák', 'senor muller lodz dvorak'],
  ["aujourd'hui l'eau l' eau qu' il jusqu’ici", "aujourd'hui l'eau l'eau qu'il jusqu'ici"],
  ["'Oui', dit-il, « peut-être »", 'oui dit il peut être'],
  ['<bruit> bonjour [rire]', 'bonjour'],
  // abbreviations
  ['M. Dupont et Mme Martin, MM. Roux', 'monsieur dupont et madame martin messieurs roux'],
  ['Mlle, dr.', 'mademoiselle dr'],
  ['le Dr Petit, St-Malo, Ste Anne, etc.', 'le docteur petit saint malo sainte anne et cetera'],
  ['n° 5, N°12', 'numéro cinq numéro douze'],
  // integers
  ['0 1 16 17 21', 'zéro un seize dix sept vingt et un'],
  ['70 71 72 79', 'soixante dix soixante et onze soixante douze soixante dix neuf'],
  [
    '80 81 90 91 99',
    'quatre vingts quatre vingt un quatre vingt dix quatre vingt onze quatre vingt dix neuf',
  ],
  ['100, 101, 200, 203', 'cent cent un deux cents deux cent trois'],
  ['1 000 2.000 80 000', 'mille deux mille quatre vingt mille'],
  ['1998 2024', 'mille neuf cent quatre vingt dix huit deux mille vingt quatre'],
  ['2 000 000, 200 000 001', 'deux millions deux cents millions un'],
  ['1 000 000 000', 'un milliard'],
  ['007 1234567890123', 'zéro zéro sept un deux trois quatre cinq six sept huit neuf zéro un deux trois'],
  ['il fait -5', 'il fait moins cinq'],
  ['80-90', 'quatre vingts quatre vingt dix'],
  // ordinals
  ['1er 1re 1ère 2e 2ème 3èmes', 'premier première première deuxième deuxième troisièmes'],
  ['5e 9e 21e 80e 100e', 'cinquième neuvième vingt et unième quatre vingtième centième'],
  ['2nd 2nde', 'deuxième deuxième'],
  ['le XIXe siècle, François Ier, le Ve', 'le dix neuvième siècle françois premier le cinquième'],
  ['Le Les Ce Ces Mie Die Civile', 'le les ce ces mie die civile'],
  // decimals, fractions, units
  ['3,14 et 2.5', 'trois virgule quatorze et deux virgule cinq'],
  ['0,05 1,2345', 'zéro virgule zéro cinq un virgule deux trois quatre cinq'],
  ['1/2 tasse, 3/4, 2½', 'un demi tasse trois quarts deux et demi'],
  ['20 % à 20°C', 'vingt pour cent à vingt degrés celsius'],
  ['5 m²', 'cinq m au carré'],
  // money
  ['5 €, 1 €, 5,50 €', 'cinq euros un euro cinq euros cinquante'],
  ['$20 ou 1 £', 'vingt dollars ou une livre'],
  ['2 000 000 €', "deux millions d'euros"],
  // clock
  ['14h30, 14:05, 8 h', 'quatorze heures trente quatorze heures cinq huit heures'],
  ['à 1h', 'à une heure'],
  ['21 h 15', 'vingt et une heures quinze'],
  // symbols
  ['A & B, 2+2=4', 'a et b deux plus deux égale quatre'],
  ['jean@exemple.fr', 'jean arobase exemple point fr'],
];

for (const [text, expected] of CASES) {
  test(`normalises ${JSON.stringify(text)}`, () => assert.equal(normalizeFrench(text), expected));
}

const ANY_TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(..."aélqsumtMIVXerh 1250.,:'-/%€£°") }),
);

test('gives only letters of French, apostrophes between letters and single spaces, whatever the text', () => {
  const letters = '[a-zàâçèéêëîïôùû]+';
  const words = new RegExp(`^$|^${letters}('${letters})*( ${letters}('${letters})*)*$`);
  fc.assert(fc.property(ANY_TEXT, (any) => assert.match(normalizeFrench(any), words)));
});

test('changes nothing when applied twice', () => {
  fc.assert(
    fc.property(ANY_TEXT, (any) => {
      const once = normalizeFrench(any);
      assert.equal(normalizeFrench(once), once);
    }),
  );
});

test('reads every number in other words than any other', () => {
  const all = Array.from({ length: 10_001 }, (_, n) => frenchCardinal(n));
  assert.equal(new Set(all).size, all.length);
});

test('reads ordinals as cardinals that end otherwise', () => {
  assert.equal(frenchOrdinal(1_000_000), 'un millionième');
  fc.assert(fc.property(fc.integer({ min: 2, max: 1e9 }), (n) => assert.match(frenchOrdinal(n), /ième$/)));
});
