import { readFile } from 'node:fs/promises';
import { type Bundle, loadBundle } from '../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { stepMsOf } from '../../agent/acoustic/step-length.ts';
import { defaultConfig } from '../../agent/config.ts';
import { lexiconSearchOptions } from '../../agent/decoder/create-decoder.ts';
import type { SpokenWord } from '../../agent/decoder/hotword.ts';
import type { LexiconResources } from '../../agent/decoder/lexicon-expansion.ts';
import type { LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import type { SpellingOptions } from '../../agent/decoder/spelling-evidence.ts';
import {
  loadDecoderResources,
  PHONEME_HEAD,
  shareLexiconTree,
} from '../../agent/engine/load-decoder-resources.ts';
import { loadPronouncer } from '../../agent/engine/load-pronouncer.ts';
import { streamSettings } from '../../agent/engine/stream-settings.ts';
import {
  type ManifestFilter,
  type ManifestRow,
  parseManifest,
  selectRows,
} from '../../agent/evaluation/manifest.ts';
import { spread } from '../../agent/evaluation/spread.ts';
import { decoderOptionsOf } from '../../agent/recognizer/decoder-options.ts';
import { type ScoredClip, scoredClips } from './scored-clips.ts';

const STEPS_PER_RUN = 64;

/** A bundle's search through its lexicon, as the agent would run it. */
export interface SearchSetup {
  readonly bundle: Bundle;
  readonly resources: LexiconResources;
  /** The heads whose log-probs it takes, side by side. */
  readonly heads: readonly string[];
  readonly options: LexiconSearchOptions;
  readonly stepMs: number;
  /** The words of a hotword, and how they are said. */
  readonly wordsOf: (text: string) => readonly SpokenWord[];
}

/**
 * @param spelling how letters count where the bundle spells and does not advise it; null: they do not
 * @throws Error when the bundle has no lexicon or no language model
 */
export async function loadSearch(
  folder: string,
  spelling: SpellingOptions | null = null,
): Promise<SearchSetup> {
  const bundle = await loadBundle(folder);
  const decoderResources = loadDecoderResources(bundle, shareLexiconTree(bundle));
  const { languageModel: model, lexicon, pronunciations, wordSpellings, spellingHead } = decoderResources;
  if (!model || !lexicon || !pronunciations) throw new Error(`${folder} has no lexicon or no language model`);
  const { tree, head } = pronunciations;
  const stepMs = stepMsOf(bundle.description);
  const { decoder } = streamSettings(defaultConfig(), bundle.description, {});
  const advised = lexiconSearchOptions(decoderOptionsOf(decoder, stepMs));
  // a word that is settled leaves no hypothesis against it, which is seen in its share of the beam
  const options = { ...advised, spelling: wordSpellings && (advised.spelling ?? spelling) };
  return {
    bundle,
    resources: {
      model,
      lexicon,
      tree,
      tokens: decoderResources.heads.get(head)!,
      spellings: options.spelling && wordSpellings,
    },
    heads: options.spelling === null ? [head] : [head, spellingHead],
    options,
    stepMs,
    wordsOf: decoderResources.phrases.words,
  };
}

/** How a bundle says words: what the searches for phrases and for wake phrases need of it. */
export async function loadSayings(folder: string) {
  const bundle = await loadBundle(folder);
  const { heads: tables, phrases: sayings, spellingHead } = loadDecoderResources(bundle, null);
  const pronouncer = await loadPronouncer(bundle, '');
  const names = [...new Set([sayings.head, spellingHead])];
  const [sounds, letters = null] = names.map((name) => tables.get(name)!);
  return { bundle, sayings, pronouncer, heads: { names, sounds: sounds!, letters } };
}

/** What the bundle's model makes of recordings: rows of `heads`, side by side. */
export async function scoreClips(
  bundle: Bundle,
  rows: readonly ManifestRow[],
  folder: string,
  heads: readonly string[] = [PHONEME_HEAD],
): Promise<ScoredClip[]> {
  const model = await OnnxAcousticModel.load(bundle, {
    providers: ['cpu'],
    strict: true,
    precision: 'auto',
    runtimeDir: '',
    maxBatch: 1,
    maxSteps: STEPS_PER_RUN,
  });
  const clips: ScoredClip[] = [];
  try {
    for await (const clip of scoredClips(model, rows, { folder, heads })) clips.push(clip);
  } finally {
    await model.release();
  }
  return clips;
}

/** The rows of a manifest that a filter selects, at most `most`, spread evenly. */
export async function readRows(path: string, filter: ManifestFilter, most: number): Promise<ManifestRow[]> {
  return spread(selectRows(parseManifest(await readFile(path, 'utf8'), path), filter), most);
}
