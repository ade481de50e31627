import { AgentError } from '../errors.ts';
import type { GrammarText, PhraseList } from './command-graph.ts';
import { CommandSearch, type CommandSearchOptions } from './command-search.ts';
import { CtcGreedy } from './ctc-greedy.ts';
import { type BeamSearchOptions, CtcPrefixBeamSearch, type ShallowFusion } from './ctc-prefix-beam-search.ts';
import type { Decoder } from './decoder.ts';
import type { CompiledCommands, DecoderResources, PhraseSayings } from './decoder-resources.ts';
import type { SpokenHotword } from './hotword.ts';
import { HotwordAutomaton } from './hotword-automaton.ts';
import { HotwordTree } from './hotword-tree.ts';
import { LexiconSearch, type LexiconSearchOptions } from './lexicon-search.ts';
import { type CompiledTexts, withThresholds } from './settings-texts.ts';
import type { SpellingOptions } from './spelling-evidence.ts';
import { type HotwordOptions, speakHotwords } from './spoken-hotwords.ts';
import { speakPhrases } from './spoken-phrases.ts';
import type { TokenTable } from './token-table.ts';
import type { WakePhrase } from './wake-phrase.ts';
import { WakeSpotter, type WakeSpotterOptions } from './wake-spotter.ts';
import { type ConfidenceCalibration, UNCALIBRATED } from './word-confidence.ts';

/** Whatever the speaker says, as words. */
export interface DictationTask {
  readonly type: 'dictation';
}

/** Sentences of grammars, all active together, and nothing else: what is no command is refused. */
export interface CommandsTask {
  readonly type: 'commands';
  readonly grammars: readonly GrammarText[];
  /** Commands with less confidence are refused, 0 to 1; the configuration's unless given. */
  readonly minConfidence?: number;
}

/** Words of phrases and nothing else, for clients that restrict dictation to a list. */
export interface PhrasesTask extends PhraseList {
  readonly type: 'phrases';
}

/** A phrase, and what is listened for behind it: one utterance, or all of a time. */
export interface WakeTask {
  readonly type: 'wake';
  readonly phrases: readonly WakePhrase[];
  /** What is listened for behind a phrase; dictation unless given. Null: nothing, phrases are only told. */
  readonly listenFor?: DictationTask | CommandsTask | null;
  /** Listen for so long after a phrase, in milliseconds; one utterance unless given. */
  readonly listenMs?: number;
}

/** What a stream listens for. */
export type RecognitionTask = DictationTask | CommandsTask | PhrasesTask | WakeTask;

export interface DecoderOptions extends BeamSearchOptions {
  readonly task: RecognitionTask;
  /** What `settingsTextsOf` the options, where somebody has compiled it already. */
  readonly compiled?: CompiledTexts | undefined;
  /** Greedy and beam search spell; the search through the lexicon finds words of it. Greedy uses no other option. */
  readonly search: 'greedy' | 'beam' | 'lexicon';
  /** Of the beam search, see `FusionOptions`; weight 0: it has no language model. */
  readonly beamLanguageModelWeight: number;
  readonly beamWordBonus: number;
  /** Of the search through the lexicon, see `LexiconSearchOptions`; the others are those of the beam search. */
  readonly lexiconBeamWidth: number;
  readonly lexiconTokenMinLogProb: number;
  readonly lexiconBeamMinLogProb: number;
  readonly lexiconBlankPenalty: number;
  readonly languageModelWeight: number;
  readonly wordBonus: number;
  /** How the letters of words count in the search through the lexicon. */
  readonly spelling?: SpellingOptions | undefined;
  /** Factor on the weight in `spelling`; 0: letters do not count. */
  readonly spellingWeight: number;
  /** Whether letters may spell words that the lexicon lacks, as `spelling` says. */
  readonly spellUnknownWords: boolean;
  /** Of dictation: words that are likelier than the language model knows. */
  readonly hotwords?: HotwordOptions | undefined;
  /** See `AgreementOptions`. */
  readonly stableCertainty: number;
  readonly certainAfterSteps: number;
  /** How sure a word of the search through the lexicon is. */
  readonly confidence?: ConfidenceCalibration | undefined;
  /** Of the search for commands. */
  readonly commands: CommandSearchOptions;
  /** Of the search for wake phrases. */
  readonly wake: WakeSpotterOptions & { readonly threshold: number };
}

/** An output of the model. */
export interface HeadRow {
  readonly name: string;
  /** Log-probs of a step. */
  readonly length: number;
}

/** A decoder and the heads of the model whose log-probs it takes, those of each step side by side in this order. */
export interface HeadDecoder<Search extends Decoder = Decoder> {
  readonly decoder: Search;
  readonly heads: readonly HeadRow[];
}

/** The two searches of a stream with a wake phrase. */
export interface WakeSearch {
  readonly spotter: HeadDecoder<WakeSpotter>;
  /** For what follows a phrase; null: nothing does. */
  readonly following: HeadDecoder | null;
}

/**
 * The searches of a stream that waits for a phrase.
 * @throws AgentError WAKE_PHRASE for a phrase that can not be listened for; what `createDecoder` throws
 */
export function createWakeSearch(
  resources: DecoderResources,
  { phrases, listenFor = { type: 'dictation' } }: WakeTask,
  options: Omit<DecoderOptions, 'task'>,
): WakeSearch {
  const { head } = resources.phrases;
  const spoken =
    options.compiled?.wakePhrases ??
    speakPhrases(withThresholds(phrases, options.wake.threshold), resources.phrases);
  const isSpelled = options.wake.spellingWeight > 0 && spoken.some((phrase) => phrase.spelling !== null);
  const sounds = tokensOf(resources, head);
  const letters = isSpelled ? tokensOf(resources, resources.spellingHead) : null;
  const heads = [{ name: head, length: sounds.size }];
  if (letters !== null) heads.push({ name: resources.spellingHead, length: letters.size });
  const decoder = new WakeSpotter(spoken, { sounds, letters }, options.wake);
  return {
    spotter: { decoder, heads },
    following: listenFor === null ? null : createDecoder(resources, { ...options, task: listenFor }),
  };
}

/** Words of a list in any order are less sure than a command, yet other speech comes to a hundredth and less. */
const LEAST_PHRASE_CONFIDENCE = 0.1;

/**
 * A new decoder for one stream.
 * @throws AgentError SEARCH_UNAVAILABLE or CONFIG_INVALID when the model has not what the options need; GRAMMAR_INVALID,
 *   GRAMMAR_TOO_LARGE or GRAMMAR_WORD for commands that can not be listened for; HOTWORD_INVALID or HOTWORD_LIMIT
 */
export function createDecoder(
  resources: DecoderResources,
  options: DecoderOptions & { readonly task: Exclude<RecognitionTask, WakeTask> },
): HeadDecoder {
  const { task, commands, compiled } = options;
  if (task.type === 'commands') {
    const { minConfidence = commands.minConfidence } = task;
    const graph = compiled?.commands ?? resources.compileCommands(task.grammars);
    return commandDecoder(resources, graph, { ...commands, minConfidence });
  }
  if (task.type === 'phrases') {
    // what is none of the words is no reason to refuse where it has a word of its own
    const minConfidence = task.unknown === null ? LEAST_PHRASE_CONFIDENCE : 0;
    const graph = compiled?.commands ?? resources.compilePhrases(task);
    return commandDecoder(resources, graph, { ...commands, minConfidence });
  }
  if (options.search === 'lexicon') return lexiconDecoder(resources, options);
  const tokens = tokensOf(resources, resources.spellingHead);
  const heads = [{ name: resources.spellingHead, length: tokens.size }];
  const hotwords = spokenHotwords(options.hotwords, resources.spelledWords);
  if (options.search === 'greedy') {
    if (hotwords === null) return { decoder: new CtcGreedy(tokens), heads };
    throw new AgentError(
      'HOTWORD_INVALID',
      'The search greedy takes no hotwords; expected decoder.search beam or lexicon.',
    );
  }
  const automaton = hotwords && new HotwordAutomaton(hotwords, tokens);
  const decoder = new CtcPrefixBeamSearch(tokens, options, fusion(resources, options), automaton);
  return { decoder, heads };
}

/** The language model of the beam search, if it shall have one. */
function fusion(
  { languageModel: model }: DecoderResources,
  { beamLanguageModelWeight, beamWordBonus }: DecoderOptions,
): ShallowFusion | null {
  if (beamLanguageModelWeight === 0) return null;
  if (model !== null)
    return { model, languageModelWeight: beamLanguageModelWeight, wordBonus: beamWordBonus };
  throw new AgentError(
    'CONFIG_INVALID',
    'decoder.beamLanguageModelWeight is above 0, but the model has no language model (model.json). Set it to 0, or take another model.',
  );
}

function lexiconDecoder(resources: DecoderResources, options: DecoderOptions): HeadDecoder {
  const { languageModel: model, lexicon, pronunciations, wordSpellings, spellingHead } = resources;
  if (model === null || lexicon === null || pronunciations === null) {
    throw new AgentError(
      'SEARCH_UNAVAILABLE',
      'The search is lexicon, but the model has no lexicon or no language model (model.json). Take beam or greedy, or another model.',
    );
  }
  const { tree, head } = pronunciations;
  const tokens = tokensOf(resources, head);
  const { languageModelWeight } = options;
  const hotwords = options.compiled?.hotwords ?? spokenHotwords(options.hotwords, resources.phrases.words);
  const decoder = new LexiconSearch(
    { lexicon, model, tree, tokens, spellings: wordSpellings },
    lexiconSearchOptions(options),
    hotwords && new HotwordTree(hotwords, { lexicon, model, languageModelWeight }),
  );
  const phonemes = { name: head, length: tokens.size };
  const letters = { name: spellingHead, length: decoder.rowLength - tokens.size };
  return { decoder, heads: letters.length === 0 ? [phonemes] : [phonemes, letters] };
}

/** The options of the search through the lexicon among those of all searches. */
export function lexiconSearchOptions(options: Omit<DecoderOptions, 'task'>): LexiconSearchOptions {
  return {
    beamWidth: options.lexiconBeamWidth,
    tokenMinLogProb: options.lexiconTokenMinLogProb,
    beamMinLogProb: options.lexiconBeamMinLogProb,
    blankPenalty: options.lexiconBlankPenalty,
    languageModelWeight: options.languageModelWeight,
    wordBonus: options.wordBonus,
    spelling: scaledSpelling(options),
    stableAfterSteps: options.stableAfterSteps,
    stableCertainty: options.stableCertainty,
    certainAfterSteps: options.certainAfterSteps,
    calibration: options.confidence ?? UNCALIBRATED,
  };
}

function scaledSpelling(options: Omit<DecoderOptions, 'task'>): SpellingOptions | null {
  const { spelling, spellingWeight, spellUnknownWords } = options;
  if (spelling === undefined || spellingWeight === 0) return null;
  const unknownWords = spellUnknownWords ? spelling.unknownWords : undefined;
  return { ...spelling, weight: spelling.weight * spellingWeight, unknownWords };
}

/** Null: there are none. */
function spokenHotwords(
  hotwords: HotwordOptions | undefined,
  wordsOf: PhraseSayings['words'],
): readonly SpokenHotword[] | null {
  return hotwords && hotwords.list.length > 0 ? speakHotwords(hotwords, wordsOf) : null;
}

function commandDecoder(
  resources: DecoderResources,
  { graph, head }: CompiledCommands,
  options: CommandSearchOptions,
): HeadDecoder {
  const tokens = tokensOf(resources, head);
  return { decoder: new CommandSearch(graph, tokens, options), heads: [{ name: head, length: tokens.size }] };
}

function tokensOf(resources: DecoderResources, head: string): TokenTable {
  const tokens = resources.heads.get(head);
  if (tokens === undefined) throw new AgentError('INTERNAL', `The model has no head ${head}.`);
  return tokens;
}
