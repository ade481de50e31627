import { readFile } from 'node:fs/promises';
import { type Bundle, loadBundle } from '../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { stepMsOf } from '../../agent/acoustic/step-length.ts';
import { defaultConfig } from '../../agent/config.ts';
import { lexiconSearchOptions } from '../../agent/decoder/create-decoder.ts';
import type { SpokenWord } from '../../agent/decoder/hotword.ts';
import type { Lexicon } from '../../agent/decoder/lexicon.ts';
import type { LexiconResources } from '../../agent/decoder/lexicon-expansion.ts';
import type { LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import { loadDecoderResources, shareLexiconTree } from '../../agent/engine/load-decoder-resources.ts';
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
import { phonemeRows, type ScoredClip } from './phoneme-rows.ts';

const STEPS_PER_RUN = 64;

/** A bundle's search through its lexicon, as the agent would run it. */
export interface SearchSetup {
  readonly bundle: Bundle;
  readonly resources: LexiconResources & { readonly lexicon: Lexicon };
  readonly options: LexiconSearchOptions;
  readonly stepMs: number;
  /** The words of a hotword, and how they are said. */
  readonly wordsOf: (text: string) => readonly SpokenWord[];
}

/** @throws Error when the bundle has no lexicon or no language model */
export async function loadSearch(folder: string): Promise<SearchSetup> {
  const bundle = await loadBundle(folder);
  const { languageModel, lexicon, pronunciations, heads, phrases } = loadDecoderResources(
    bundle,
    shareLexiconTree(bundle),
  );
  if (!languageModel || !lexicon || !pronunciations)
    throw new Error(`${folder} has no lexicon or no language model`);
  const stepMs = stepMsOf(bundle.description);
  const { decoder } = streamSettings(defaultConfig(), bundle.description, {});
  return {
    bundle,
    resources: {
      model: languageModel,
      lexicon,
      tree: pronunciations.tree,
      tokens: heads.get(pronunciations.head)!,
    },
    // a word that is settled leaves no hypothesis against it, which is seen in its share of the beam
    options: lexiconSearchOptions(decoderOptionsOf(decoder, stepMs)),
    stepMs,
    wordsOf: phrases.words,
  };
}

/** How a bundle says words: what the searches for phrases and for wake phrases need of it. */
export async function loadSayings(folder: string) {
  const bundle = await loadBundle(folder);
  const { heads, phrases: sayings } = loadDecoderResources(bundle, null);
  const pronouncer = await loadPronouncer(bundle, '');
  return { bundle, sayings, pronouncer, tokens: heads.get(sayings.head)! };
}

/** What the bundle's model makes of recordings. */
export async function scoreClips(
  bundle: Bundle,
  rows: readonly ManifestRow[],
  audioFolder: string,
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
    for await (const clip of phonemeRows(model, rows, audioFolder)) clips.push(clip);
  } finally {
    await model.release();
  }
  return clips;
}

/** The rows of a manifest that a filter selects, at most `most`, spread evenly. */
export async function readRows(path: string, filter: ManifestFilter, most: number): Promise<ManifestRow[]> {
  return spread(selectRows(parseManifest(await readFile(path, 'utf8'), path), filter), most);
}
