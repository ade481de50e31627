import { loadBundle } from '../acoustic/bundle.ts';
import type { Config } from '../config.ts';
import { CommandCompiler } from '../engine/command-compiler.ts';
import { commandWords } from '../engine/command-words.ts';
import { loadDecoderResources } from '../engine/load-decoder-resources.ts';
import { loadPronouncer } from '../engine/load-pronouncer.ts';
import { seededRandom } from '../evaluation/random.ts';
import { networkOf, wordsOf } from '../grammar/compile-grammar.ts';
import { readGrammar } from '../grammar/read-grammar.ts';
import { countSentences, sampleSentence } from '../grammar/sentences.ts';
import { readGrammarFiles } from '../grammar-files.ts';
import { resolvePackagePath } from '../package-info.ts';

/** What grammars come to. */
export interface GrammarReport {
  readonly intents: readonly string[];
  /** Ways to say something, each meaning counted. */
  readonly sentences: number;
  readonly words: number;
  /** Nodes of the compiled graph. */
  readonly nodes: number;
  /** The head of the model that hears it. */
  readonly head: string;
  /** Words that neither the user nor the lexicon knows, each with its guessed pronunciations. */
  readonly guessed: readonly { readonly word: string; readonly pronunciations: readonly string[] }[];
  readonly samples: readonly string[];
}

const SEED = 1;

/** @throws AgentError what is wrong with the files or the model */
export async function checkGrammars(
  files: readonly string[],
  { model, decoder }: Config,
  samples: number,
): Promise<GrammarReport> {
  const texts = await readGrammarFiles(files);
  const bundle = await loadBundle(resolvePackagePath(model.path));
  const resources = loadDecoderResources(bundle, null);
  const network = networkOf(texts.map(readGrammar), resources.normalize);
  const pronouncer = bundle.lexicon && (await loadPronouncer(bundle, decoder.pronunciations));
  const tokensOf = commandWords(resources, pronouncer);
  const { graph, head } = new CommandCompiler(resources, pronouncer).compile(texts);
  const tokens = resources.heads.get(head);
  const words = wordsOf(network);
  const isGuess = (word: string) => /^letter/.test(pronouncer?.pronounce(word, 1)[0]?.source ?? '');
  const unknown = words.filter(isGuess);
  const random = seededRandom(SEED);
  return {
    intents: [...new Set(graph.intents.map(({ name }) => name))],
    sentences: countSentences(network),
    words: words.length,
    nodes: graph.nodeToken.length,
    head,
    guessed: unknown.map((word) => ({
      word,
      pronunciations: tokensOf(word).map((ids) => ids.map((id) => tokens?.token(id)).join(' ')),
    })),
    samples: Array.from({ length: samples }, () => sampleSentence(network, random)),
  };
}

/** The report for people. */
export function reportText({
  intents,
  sentences,
  words,
  nodes,
  head,
  guessed,
  samples,
}: GrammarReport): string {
  return [
    `intents     ${intents.join(', ')}`,
    `sentences   ${sentences}`,
    `words       ${words}`,
    `graph       ${nodes} nodes of the head "${head}"`,
    ...guessed.map(({ word, pronunciations }) => `guessed     ${word}: ${pronunciations.join(' | ')}`),
    ...samples.map((sentence) => `example     ${sentence}`),
  ].join('\n');
}
