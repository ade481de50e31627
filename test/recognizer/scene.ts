import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultConfig } from '../../agent/config.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { DEFAULT_FRONTEND } from '../../agent/frontend/frontend-params.ts';
import { compileGrammars, type WordTokens } from '../../agent/grammar/compile-grammar.ts';
import { compilePhrases } from '../../agent/grammar/compile-phrases.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';
import {
  type PipelineSettings,
  StreamPipeline,
  type StreamPipelineParams,
} from '../../agent/recognizer/stream-pipeline.ts';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';
import { compute, computeRun, FakeAcousticModel, FRAMES_PER_STEP, syntheticAudio } from './drive.ts';

export const tokens = TokenTable.parse('<blank>\n▁\na\nb\nc\nd\ne', { blank: 0, wordBoundary: '▁' });

/** Letters behind the mark of a word. */
const letterWords: WordTokens = (word) => [[1, ...[...word].map((letter) => letter.charCodeAt(0) - 95)]];

/** What differs from the settings of these tests. */
export type Overrides = { [K in 'decoder' | 'endpoint' | 'transcript']?: Partial<StreamPipelineParams[K]> };

/** @param lookAheadSteps of the model that computes it */
export function create(overrides: Overrides = {}, lookAheadSteps = 0): StreamPipeline {
  return new StreamPipeline({
    frontend: DEFAULT_FRONTEND,
    resources: {
      heads: new Map([['characters', tokens]]),
      normalize: normalizeText,
      spellingHead: 'characters',
      languageModel: null,
      lexicon: null,
      pronunciations: null,
      wordSpellings: null,
      compileCommands: (grammars) => ({
        graph: compileGrammars(grammars.map(readGrammar), letterWords),
        head: 'characters',
      }),
      compilePhrases: (list) => ({ graph: compilePhrases(list, letterWords, tokens), head: 'characters' }),
      phrases: { head: 'characters', sayings: () => [[2, 3, 4, 5]], words: () => [], spelling: () => null },
      spelledWords: () => [],
    },
    framesPerStep: FRAMES_PER_STEP,
    lookAheadSteps,
    ...pipelineSettings(overrides),
  });
}

export function pipelineSettings({ decoder, endpoint, transcript }: Overrides = {}): PipelineSettings {
  return {
    decoder: {
      ...defaultConfig().decoder,
      task: { type: 'dictation' },
      commands: defaultConfig().commands,
      wake: defaultConfig().wake,
      search: 'beam',
      beamWidth: 6,
      tokenMinLogProb: -9,
      beamMinLogProb: -10,
      stableAfterMs: 400,
      alternatives: 0,
      ...decoder,
    },
    endpoint: {
      enabled: true,
      rule1SilenceMs: 500,
      rule2SilenceMs: 200,
      rule3UtteranceMs: 1400,
      tailPaddingMs: 320,
      ...endpoint,
    },
    transcript: {
      partials: true,
      partialWords: true,
      minPartialIntervalMs: 0,
      partialHoldMs: 0,
      readable: false,
      minConfidence: 0,
      ...transcript,
    },
  };
}

/** In samples; some are long enough for a pause. */
const stretch = fc.oneof(
  { weight: 5, arbitrary: fc.nat(9000) },
  { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 30_000 }) },
);
export const settings = fc.record({
  decoder: fc.record({ search: fc.constantFrom('greedy', 'beam'), alternatives: fc.constantFrom(0, 2) }),
  endpoint: fc.record({ enabled: fc.boolean() }),
  transcript: fc.record({
    minPartialIntervalMs: fc.constantFrom(0, 100),
    partialWords: fc.boolean(),
    minConfidence: fc.constantFrom(0, 0.5),
    partialHoldMs: fc.constantFrom(0, 90),
  }),
});

/** Audio in stretches, with flushes or new settings after some of them. */
export const scene = fc.record({
  seed: fc.nat(1000),
  parts: fc.array(
    fc.record({
      lengths: fc.array(stretch, { maxLength: 4 }),
      flush: fc.boolean(),
      change: fc.option(settings, { freq: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

export interface Scene {
  seed: number;
  /** A flush comes before new settings. */
  parts: { lengths: number[]; flush: boolean; change?: Overrides | null }[];
}

/** Plays a scene in chunks of the given sizes, computing in between as the numbers say. */
export function play(
  { seed, parts }: Scene,
  overrides: Overrides,
  next: (max: number) => number,
  lookAheadSteps = 0,
): TranscriptEvent[] {
  const pipeline = create(overrides, lookAheadSteps);
  const model = new FakeAcousticModel(tokens, lookAheadSteps);
  const events: TranscriptEvent[] = [];
  const maybeCompute = () => {
    for (let runs = next(3); runs > 0 && pipeline.stepsReady > 0; runs -= 1) {
      events.push(...computeRun(pipeline, model, 1 + next(pipeline.stepsReady - 1)));
    }
  };
  for (const [index, { lengths, flush, change }] of parts.entries()) {
    const samples = syntheticAudio(lengths, seed + index);
    for (let at = 0; at < samples.length; ) {
      const end = Math.min(samples.length, at + 1 + next(4000));
      pipeline.acceptPcm(samples.subarray(at, end));
      at = end;
      maybeCompute();
    }
    if (flush) pipeline.flush();
    if (change) pipeline.configure(pipelineSettings(change));
    maybeCompute();
  }
  pipeline.finish();
  events.push(...compute(pipeline, model, (ready) => 1 + next(ready - 1)));
  assert.ok(pipeline.finished);
  return events;
}
