const SUBJECTS = new Set(
  (
    'i you he she it we they this that these those there the a an my your his her its our their anyone anybody ' +
    'someone somebody everyone everybody any some all'
  ).split(' '),
);
/** These begin commands too (`do the dishes`, `have a nice day`): questions only before such subjects. */
const COMMANDING = new Set("do don't have".split(' '));
const PERSONS = new Set('i you we they these those anyone anybody everyone everybody'.split(' '));
const AUXILIARIES = new Set(
  (
    'is are am was were do does did can could will would shall should may might must have has had ' +
    "isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't haven't hasn't hadn't"
  ).split(' '),
);
const CONTRACTED = /^(what|who|where|when|why|how)'(s|re|d|ll|ve)$/;
const OPENERS = new Set('and so but or okay ok well hey oh yes no now then please'.split(' '));
const HOW = new Set('many much long far often old big tall soon late fast come about'.split(' '));

/** Whether the words ask something, by how they begin: a question word, or an auxiliary before its subject. */
export function isEnglishQuestion(words: readonly string[]): boolean {
  const start = words.findIndex((word) => !OPENERS.has(word));
  const [first = '', second = ''] = words.slice(Math.max(start, 0));
  if (CONTRACTED.test(first)) return true;
  if (COMMANDING.has(first)) return PERSONS.has(second);
  if (AUXILIARIES.has(first)) return SUBJECTS.has(second);
  switch (first) {
    case 'why':
      return true;
    case 'who':
    case 'whose':
    case 'whom':
    case 'which':
      return second !== '';
    case 'what':
      return second !== 'a' && second !== 'an' && !SUBJECTS.has(second);
    case 'how':
      return AUXILIARIES.has(second) || HOW.has(second);
    case 'when':
    case 'where':
      return AUXILIARIES.has(second);
    default:
      return false;
  }
}

const PRONOUN = /^i('|$)/;
const DAYS = 'monday tuesday wednesday thursday friday saturday sunday';
const MONTHS = 'january february april june july august september october november december';
const PLACES =
  'america american americans england english britain british london germany german berlin france french paris spain ' +
  'spanish italy italian rome europe european china chinese japan japanese india indian russia russian africa african ' +
  'asia asian australia australian canada canadian mexico mexican ireland irish scotland scottish washington chicago ' +
  'boston texas california florida york google amazon microsoft christmas easter';
const NAMES = new Set(`${DAYS} ${MONTHS} ${PLACES}`.split(' '));
/** Months that are other words too: a capital after these only. */
const MONTH_PREPOSITIONS = new Set('in of last next this since until every'.split(' '));

/** The word with a capital where it is a name, or the pronoun `I`. */
export function capitaliseEnglish(words: readonly string[], at: number): string {
  const word = words[at]!;
  const [base = ''] = word.split("'");
  const isMonth = (word === 'may' || word === 'march') && MONTH_PREPOSITIONS.has(words[at - 1] ?? '');
  const isNew = word === 'new' && /^(york|zealand|orleans|jersey|mexico)$/.test(words[at + 1] ?? '');
  const isName = NAMES.has(base) || NAMES.has(base.replace(/s$/, ''));
  return PRONOUN.test(word) || isName || isMonth || isNew
    ? word.charAt(0).toUpperCase() + word.slice(1)
    : word;
}
