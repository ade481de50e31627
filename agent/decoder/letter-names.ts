/** How letters are called, the usual name first: names of phonemes, one space apart. */
export type LetterNames = ReadonlyMap<string, readonly string[]>;

/** In CMUdict's phonemes; other names are `zed`, `haitch`, and `w` as it is said quickly. */
const ENGLISH: LetterNames = new Map([
  ['a', ['EY']],
  ['b', ['B IY']],
  ['c', ['S IY']],
  ['d', ['D IY']],
  ['e', ['IY']],
  ['f', ['EH F']],
  ['g', ['JH IY']],
  ['h', ['EY CH', 'HH EY CH']],
  ['i', ['AY']],
  ['j', ['JH EY']],
  ['k', ['K EY']],
  ['l', ['EH L']],
  ['m', ['EH M']],
  ['n', ['EH N']],
  ['o', ['OW']],
  ['p', ['P IY']],
  ['q', ['K Y UW']],
  ['r', ['AA R']],
  ['s', ['EH S']],
  ['t', ['T IY']],
  ['u', ['Y UW']],
  ['v', ['V IY']],
  ['w', ['D AH B AH L Y UW', 'D AH B AH Y UW', 'D AH B Y UW']],
  ['x', ['EH K S']],
  ['y', ['W AY']],
  ['z', ['Z IY', 'Z EH D']],
]);

/** In the phonemes of IPA. An accent is not said. */
const FRENCH: LetterNames = new Map([
  ['a', ['a']],
  ['b', ['b e']],
  ['c', ['s e']],
  ['d', ['d e']],
  ['e', ['ə']],
  ['f', ['ɛ f']],
  ['g', ['ʒ e']],
  ['h', ['a ʃ']],
  ['i', ['i']],
  ['j', ['ʒ i']],
  ['k', ['k a']],
  ['l', ['ɛ l']],
  ['m', ['ɛ m']],
  ['n', ['ɛ n']],
  ['o', ['o']],
  ['p', ['p e']],
  ['q', ['k y']],
  ['r', ['ɛ ʁ']],
  ['s', ['ɛ s']],
  ['t', ['t e']],
  ['u', ['y']],
  ['v', ['v e']],
  ['w', ['d u b l ə v e']],
  ['x', ['i k s']],
  ['y', ['i ɡ ʁ ɛ k']],
  ['z', ['z ɛ d']],
]);

/** The names of letters in a language such as `fr` or `fr-CA`; a language without its own has those of English. */
export function letterNamesOf(language: string): LetterNames {
  return /^fr\b/i.test(language) ? FRENCH : ENGLISH;
}
