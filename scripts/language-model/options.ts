import { parseArgs } from 'node:util';
import { MAX_NGRAM_ORDER } from '../../agent/decoder/ngram-format.ts';
import { AgentError } from '../../agent/errors.ts';

const ALL = Number.MAX_SAFE_INTEGER;

export const HELP = `Builds the n-gram language model that Earshot loads, from text.

  node --import tsx scripts/language-model/build.ts --text FILE --output lm.bin [options]

Text (.txt or .txt.xz, UTF-8; each option may be given several times):
  --text FILE         a sentence a line
  --prose FILE        paragraphs between empty lines, wrapped or not; split into sentences
  --exclude FILE      a text a line: sentences that equal one, or share seven words in a row with one, are left out
  --no-normalize      take the text as it is: words one space apart (default: the normalisation of "earshot eval")

Several texts become one model each, mixed by linear interpolation:
  --weights W,W,…     weight of each text, those of --text first; default: equal
  --tune FILE         a sentence a line: choose the weights that fit it best, and print perplexities of it

Model:
  --order N           words looked at, the predicted one included: 1 to ${MAX_NGRAM_ORDER} (default 3)
  --max-ngrams N      keep the N n-grams that matter most (entropy pruning); default: all
  --max-words N       keep the N most frequent words beside the required ones; default: all
  --min-count N       words below this count are left out, unless they are required (default 1)
  --vocabulary FILE   required words, which the model has in any case: the first word of each line
  --lexicon FILE      the words of a lexicon (models/*/lexicon.bin) are required too

Output:
  --output FILE       the model for Earshot
  --arpa FILE         the same in ARPA format, for other programs
  --counts FILE       every word of the model with its count in the text, most frequent first
  --help
`;

/** What to build, from which text. */
export interface BuildOptions {
  readonly sources: readonly { readonly path: string; readonly isProse: boolean }[];
  readonly exclude: readonly string[];
  readonly normalize: boolean;
  readonly weights: readonly number[] | null;
  readonly tune: string | null;
  readonly order: number;
  readonly maxNgrams: number;
  readonly maxWords: number;
  readonly minCount: number;
  readonly vocabulary: readonly string[];
  readonly lexicon: string | null;
  readonly output: string;
  readonly arpa: string | null;
  readonly counts: string | null;
}

/**
 * Reads the command line; `null` when help is asked for.
 * @throws AgentError USAGE
 */
export function parseOptions(args: string[]): BuildOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const { text = [], prose = [], output } = values;
  if (text.length + prose.length === 0) throw usage('expected a text: --text FILE or --prose FILE');
  if (output === undefined) throw usage('expected --output FILE');
  return {
    sources: [
      ...text.map((path) => ({ path, isProse: false })),
      ...prose.map((path) => ({ path, isProse: true })),
    ],
    exclude: values.exclude ?? [],
    normalize: !values['no-normalize'],
    weights: values.weights === undefined ? null : weightsOf(values.weights, text.length + prose.length),
    tune: values.tune ?? null,
    order: integerOf('order', values.order, 3, MAX_NGRAM_ORDER),
    maxNgrams: integerOf('max-ngrams', values['max-ngrams'], ALL),
    maxWords: integerOf('max-words', values['max-words'], ALL),
    minCount: integerOf('min-count', values['min-count'], 1),
    vocabulary: values.vocabulary ?? [],
    lexicon: values.lexicon ?? null,
    output,
    arpa: values.arpa ?? null,
    counts: values.counts ?? null,
  };
}

function parse(args: string[]) {
  const one = { type: 'string' } as const;
  const several = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      options: {
        text: several,
        prose: several,
        exclude: several,
        'no-normalize': flag,
        weights: one,
        tune: one,
        order: one,
        'max-ngrams': one,
        'max-words': one,
        'min-count': one,
        vocabulary: several,
        lexicon: one,
        output: one,
        arpa: one,
        counts: one,
        help: flag,
      },
    }).values;
  } catch (cause) {
    throw usage((cause as Error).message, cause);
  }
}

function integerOf(
  name: string,
  text: string | undefined,
  byDefault: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw usage(`--${name}: expected a whole number from 1 to ${most}, got "${text}"`);
}

function weightsOf(text: string, count: number): number[] {
  const weights = text.split(',').map(Number);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.length === count && weights.every((weight) => weight >= 0) && sum > 0) {
    return weights.map((weight) => weight / sum);
  }
  throw usage(
    `--weights: expected ${count} numbers, one for each text, with commas between them, got "${text}"`,
  );
}

function usage(message: string, cause?: unknown): AgentError {
  return new AgentError('USAGE', `${message}. Add --help for the options.`, { cause });
}
