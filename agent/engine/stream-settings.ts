import type { BundleDescription } from '../acoustic/bundle-schema.ts';
import { type Config, defaultConfig } from '../config.ts';
import type { RecognitionTask } from '../decoder/create-decoder.ts';
import { parseHotword } from '../decoder/hotword.ts';
import { isGiven } from '../given-settings.ts';
import type { PipelineSettings } from '../recognizer/stream-pipeline.ts';
import type { StreamOptions } from './speech-engine.ts';

/** What the decoding of one stream depends on, complete. */
export type StreamSettings = PipelineSettings;

/** The sections of the configuration that a stream depends on. */
export type StreamConfig = Pick<
  Config,
  'decoder' | 'endpoint' | 'transcript' | 'commands' | 'hotwords' | 'wake'
>;

const DEFAULTS = defaultConfig();

const DICTATION: RecognitionTask = { type: 'dictation' };

/**
 * Joins, the later winning: the built-in defaults, what the bundle recommends for its model, the configuration
 * (as far as somebody gave values there, or they differ from the built-in defaults), the options of the stream.
 * Readable text is for dictation in English: elsewhere it is off.
 */
export function streamSettings(
  config: StreamConfig,
  bundle: Pick<BundleDescription, 'decoder' | 'endpoint' | 'language'>,
  options: StreamOptions,
): StreamSettings {
  const { head: _head, confidence, spelling, minConfidence: advisedMin, ...decoderAdvice } = bundle.decoder;
  const decoder = advised(config.decoder, DEFAULTS.decoder, decoderAdvice);
  const endpoint = advised(config.endpoint, DEFAULTS.endpoint, bundle.endpoint);
  const { decoder: search, beamWidth, languageModelWeight, wordBonus, alternatives } = options;
  const { partials, partialWords } = options;
  const { list: configured, ...hotwordDefaults } = config.hotwords;
  // who asks for a search that takes no hotwords has asked for none
  const list = search === 'greedy' ? [] : configured.map(parseHotword);
  const task = options.task ?? DICTATION;
  // of other searches the bundle does not say how sure they are
  const advisedFor = (search ?? decoder.search) === 'lexicon' ? (advisedMin ?? 0) : 0;
  const { minConfidence } = config.transcript;
  const canBeReadable = hearsDictation(task) && /^en\b/.test(bundle.language);
  const readable = canBeReadable && (options.readable ?? config.transcript.readable);
  return {
    decoder: {
      ...decoder,
      task,
      commands: config.commands,
      hotwords: { ...hotwordDefaults, list: options.hotwords ?? list },
      wake: config.wake,
      ...given({ confidence, spelling, search, beamWidth, languageModelWeight, wordBonus, alternatives }),
    },
    endpoint: { ...endpoint, ...given(options.endpoint ?? {}) },
    transcript: {
      ...config.transcript,
      ...given({ partials, partialWords }),
      readable,
      minConfidence: minConfidence === 'auto' ? advisedFor : minConfidence,
    },
  };
}

function hearsDictation(task: RecognitionTask): boolean {
  const heard = task.type === 'wake' ? (task.listenFor ?? DICTATION) : task;
  return heard.type === 'dictation';
}

/** `section` with the bundle's advice in place of every value that nobody gave. */
function advised<T extends object>(
  section: T,
  defaults: T,
  advice: { [K in keyof T]?: T[K] | undefined },
): T {
  const changed = Object.entries(section).filter(
    ([key, value]) => isGiven(section, key) || value !== defaults[key as keyof T],
  );
  return { ...section, ...given(advice), ...Object.fromEntries(changed) };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The entries that have a value. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
