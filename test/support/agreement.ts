import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { FeatureExtractor } from '../../agent/frontend/feature-extractor.ts';
import { type AgreementClip, agreementClips } from './agreement-clips.ts';
import { hasRealSpeech, SPEECH_MISSING } from './real-speech.ts';

const FEATURE_TOLERANCE = 1e-4;
const LOG_PROB_TOLERANCE = 1e-3;

/** What PyTorch computed, see scripts/training/golden.py: float32 rows as base64, every n-th frame or step. */
interface Golden {
  readonly frameStride: number;
  readonly stepStride: number;
  readonly clips: readonly {
    readonly file: string;
    readonly sha256: string;
    readonly features: string;
    readonly logProbs: Readonly<Record<string, string>>;
  }[];
}

function unpack(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

/** Compares every `stride`-th row of `rows` with `expected`; differences are relative above 1. */
function assertRows(
  rows: Float32Array,
  expected: Float32Array,
  layout: { width: number; stride: number; tolerance: number },
) {
  const { width, stride, tolerance } = layout;
  assert.equal(expected.length, Math.ceil(rows.length / width / stride) * width, 'number of rows');
  for (let i = 0; i < expected.length; i++) {
    const row = Math.floor(i / width) * stride;
    const got = rows[row * width + (i % width)]!;
    const difference = Math.abs(got - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    assert.ok(difference < tolerance, `row ${row}, column ${i % width}: ${got}, expected ${expected[i]}`);
  }
}

function featuresOf(samples: Int16Array, extractor: FeatureExtractor): Float32Array {
  extractor.accept(samples);
  const features = new Float32Array(extractor.framesReady * extractor.dim);
  extractor.read(features, 0, extractor.framesReady);
  return features;
}

/** Log-probabilities of each head over a whole clip, `[steps, tokens]`, computed as a stream in runs of a few steps. */
async function logProbsOf(
  features: Float32Array,
  model: OnnxAcousticModel,
): Promise<Map<string, Float32Array>> {
  const { framesPerStep } = model.bundle.description;
  const perStep = framesPerStep * model.bundle.frontend.coefficients;
  const total = Math.floor(features.length / perStep);
  const state = model.createState();
  const rows = new Map<string, number[]>(model.bundle.heads.map(({ name }) => [name, []]));
  for (let step = 0; step < total; ) {
    const steps = Math.min(model.maxSteps, total - step);
    model.features.set(features.subarray(step * perStep, (step + steps) * perStep));
    const heads = await model.step([state], steps);
    for (const [name, logProbs] of heads) {
      rows.get(name)!.push(...logProbs);
    }
    step += steps;
  }
  return new Map([...rows].map(([name, values]) => [name, Float32Array.from(values)]));
}

/** Tests that the bundle `folder` computes in the agent what the trainer wrote to `goldenFile`. */
export function testAgreement(folder: string, goldenFile: string): void {
  const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Golden;
  let model: OnnxAcousticModel;
  let clips: readonly AgreementClip[];

  before(async () => {
    clips = await agreementClips();
    const options = { providers: ['cpu'], strict: true, precision: 'fp32', runtimeDir: '' } as const;
    model = await OnnxAcousticModel.load(await loadBundle(folder), { ...options, maxBatch: 1, maxSteps: 7 });
  });
  after(() => model.release());

  for (const expected of golden.clips) {
    it(`on ${expected.file}`, async (t) => {
      const clip = clips.find(({ file }) => file === expected.file);
      if (!clip && !hasRealSpeech()) return t.skip(SPEECH_MISSING);
      assert.ok(clip, 'the clip is there');
      if (clip.sha256 !== expected.sha256 && !clip.file.endsWith('.wav')) {
        return t.skip('this version of ffmpeg decodes it to other samples');
      }
      assert.equal(clip.sha256, expected.sha256);
      const extractor = new FeatureExtractor(model.bundle.frontend);
      const features = featuresOf(clip.samples, extractor);
      assertRows(features, unpack(expected.features), {
        ...{ width: extractor.dim, stride: golden.frameStride, tolerance: FEATURE_TOLERANCE },
      });
      const logProbs = await logProbsOf(features, model);
      for (const { name, tokenCount } of model.bundle.heads) {
        assertRows(logProbs.get(name)!, unpack(expected.logProbs[name]!), {
          ...{ width: tokenCount, stride: golden.stepStride, tolerance: LOG_PROB_TOLERANCE },
        });
      }
    });
  }
}
