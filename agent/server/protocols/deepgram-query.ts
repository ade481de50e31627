import {
  LEAST_SAMPLE_RATE,
  MOST_SAMPLE_RATE,
  type PcmFormat,
  type SampleEncoding,
} from '../../capture/sample-format.ts';
import type { StreamOptions } from '../../engine/speech-engine.ts';
import { AgentError } from '../../errors.ts';
import type { DeepgramForm } from './deepgram-alternatives.ts';
import { endpointSilenceMs } from './endpoint-silence.ts';
import { isSameLanguage } from './language.ts';
import type { ModelInfo } from './protocol.ts';

export interface DeepgramHotword {
  readonly text: string;
  readonly boost?: number;
}

/** What the parameters of a Deepgram connection ask for. */
export interface DeepgramSettings {
  readonly format: PcmFormat;
  readonly options: StreamOptions;
  /** Those of `options.hotwords` that other key terms leave in force. */
  readonly keywords: readonly DeepgramHotword[];
  /** How transcripts are written. */
  readonly form: DeepgramForm;
  /** `SpeechStarted` is wanted. */
  readonly vadEvents: boolean;
  /** Silence after the last word that brings `UtteranceEnd`; null: never. */
  readonly utteranceEndMs: number | null;
}

const ENCODINGS: Readonly<Record<string, SampleEncoding>> = {
  linear16: 's16le',
  linear32: 'f32le',
  mulaw: 'mulaw',
  alaw: 'alaw',
};
/** Hz of raw audio without `encoding` and `sample_rate`; a WAV header at the start says it itself. */
const DEFAULT_SAMPLE_RATE = 16000;

/** `endpointing=false`: silence ends nothing, and a segment only has its greatest length. */
const NEVER_MS = 24 * 3600 * 1000;
const MOST_ALTERNATIVES = 20;

/** Natural log that a `keywords` intensifier of 1 stands for, as it is by default in both. */
const BOOST_PER_INTENSIFIER = 4;
const MOST_BOOST = 50;

/** Wishes that would change the text and that Earshot can not fulfil: refused, not ignored. */
const UNSUPPORTED = [
  'callback',
  'detect_entities',
  'detect_language',
  'diarize',
  'diarize_model',
  'dictation',
  'measurements',
  'multichannel',
  'redact',
  'replace',
  'search',
  'translate',
] as const;

/**
 * Reads the parameters of `/v1/listen`. `model`, `tier`, `version`, `tag`, `extra`, `mip_opt_out`, `profanity_filter` and
 * parameters that Deepgram itself does not know have no effect.
 * @throws {AgentError} `MESSAGE_INVALID` naming the parameter
 */
export function readDeepgramQuery(query: URLSearchParams, model: ModelInfo): DeepgramSettings {
  refuseUnsupported(query);
  requireLanguage(query.get('language'), model);
  const interimResults = readFlag(query, 'interim_results');
  const utteranceEndMs = query.has('utterance_end_ms')
    ? readInteger(query, 'utterance_end_ms', [1000, 60000])
    : null;
  if (utteranceEndMs !== null && !interimResults) {
    throw invalid('utterance_end_ms', 'expected interim_results=true beside it; got none');
  }
  const alternatives = query.has('alternatives')
    ? readInteger(query, 'alternatives', [1, MOST_ALTERNATIVES])
    : 1;
  const keywords = query.getAll('keywords').map(readKeyword);
  const hotwords = [...keywords, ...query.getAll('keyterm').map((text) => ({ text }))];
  return {
    format: readFormat(query),
    keywords,
    form: readForm(query, model),
    options: {
      partials: interimResults,
      partialWords: interimResults,
      alternatives: alternatives - 1,
      ...(hotwords.length === 0 ? {} : { hotwords }),
      ...readEndpointing(query),
    },
    vadEvents: readFlag(query, 'vad_events'),
    utteranceEndMs,
  };
}

function refuseUnsupported(query: URLSearchParams): void {
  for (const name of UNSUPPORTED) {
    if (query.getAll(name).some((value) => value !== 'false' && value !== '')) {
      throw invalid(name, 'this server can not do that; leave it out');
    }
  }
}

/** Deepgram's default is `en`; a client that names no language takes what there is. */
function requireLanguage(language: string | null, model: ModelInfo): void {
  if (language === null || isSameLanguage(language, model.language)) return;
  throw invalid(
    'language',
    `expected ${model.language}, the language of the model ${model.name}; got ${language}`,
  );
}

function readFormat(query: URLSearchParams): PcmFormat {
  const channels = query.has('channels') ? readInteger(query, 'channels', [1, 32]) : 1;
  const readRate = () => readInteger(query, 'sample_rate', [LEAST_SAMPLE_RATE, MOST_SAMPLE_RATE]);
  const name = query.get('encoding');
  if (name === null) {
    const sampleRate = query.has('sample_rate') ? readRate() : DEFAULT_SAMPLE_RATE;
    return { encoding: 's16le', sampleRate, channels };
  }
  const encoding = ENCODINGS[name];
  if (encoding === undefined) {
    throw invalid('encoding', `expected one of ${Object.keys(ENCODINGS).join(', ')}; got ${name}`);
  }
  return { encoding, sampleRate: readRate(), channels };
}

/** Only English has forms: in other languages words stay as they were said. */
function readForm(query: URLSearchParams, { language }: ModelInfo): DeepgramForm {
  const [isSmart, isPunctuated, withNumerals] = [
    readFlag(query, 'smart_format'),
    readFlag(query, 'punctuate'),
    readFlag(query, 'numerals'),
  ];
  if (!isSameLanguage('en', language)) return 'as-said';
  if (isSmart || (isPunctuated && withNumerals)) return 'readable';
  if (isPunctuated) return 'punctuated';
  return withNumerals ? 'numerals' : 'as-said';
}

function readEndpointing(query: URLSearchParams): Pick<StreamOptions, 'endpoint'> {
  const value = query.get('endpointing');
  if (value === null || value === 'true') return {};
  if (value === 'false') return { endpoint: { rule1SilenceMs: NEVER_MS, rule2SilenceMs: NEVER_MS } };
  const silenceMs = readInteger(query, 'endpointing', [0, 60000]);
  return { endpoint: { rule2SilenceMs: endpointSilenceMs(silenceMs) } };
}

/** `TEXT:INTENSIFIER` */
function readKeyword(keyword: string): DeepgramHotword {
  const [, text, intensifier] = /^(.*):(-?\d+(?:\.\d+)?)$/.exec(keyword) ?? [];
  if (text === undefined) return { text: keyword };
  const boost = BOOST_PER_INTENSIFIER * Number(intensifier);
  if (boost < 0) {
    throw invalid(
      'keywords',
      `this server can not make a word less likely; got the intensifier ${intensifier}`,
    );
  }
  return { text, boost: Math.min(boost, MOST_BOOST) };
}

function readFlag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  if (value === null || value === 'false') return false;
  if (value === 'true') return true;
  throw invalid(name, `expected true or false; got ${value}`);
}

function readInteger(query: URLSearchParams, name: string, [least, most]: readonly [number, number]): number {
  const text = query.get(name);
  const value = text !== null && /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(name, `expected a whole number from ${least} to ${most}; got ${text ?? 'none'}`);
}

function invalid(name: string, what: string): AgentError {
  return new AgentError('MESSAGE_INVALID', `${name}: ${what}.`);
}
