import type { PcmFormat } from '../../capture/sample-format.ts';
import type { StreamOptions } from '../../engine/speech-engine.ts';
import { AgentError } from '../../errors.ts';
import { endpointSilenceMs } from './endpoint-silence.ts';
import { isSameLanguage } from './language.ts';
import type {
  OpenAiBetaSessionUpdate,
  OpenAiFormat,
  OpenAiSessionUpdate,
  OpenAiTranscriptionUpdate,
  OpenAiTurnDetection,
} from './openai-event.ts';
import { promptNames } from './prompt-names.ts';
import type { ModelInfo } from './protocol.ts';

const BETA_FORMATS: Readonly<Record<'pcm16' | 'g711_ulaw' | 'g711_alaw', OpenAiFormat>> = {
  pcm16: { type: 'audio/pcm', rate: 24000 },
  g711_ulaw: { type: 'audio/pcmu' },
  g711_alaw: { type: 'audio/pcma' },
};

/** Natural log. What a prompt names is likely, not certain: less than the default of hotwords (4). */
const PROMPT_BOOST = 3;

/** A part of the session that the stream is opened with: it can not change once there is audio. */
type Fixed = 'format' | 'turn_detection';

/**
 * The settings of one transcription session. `describe` tells a client what is in force, which is how it learns what was
 * not taken: thresholds, padding, noise reduction and a detection by meaning have no effect here.
 */
export class OpenAiSession {
  readonly id: string;
  readonly #model: ModelInfo;
  #format: OpenAiFormat = { type: 'audio/pcm', rate: 24000 };
  /** Null: the client commits. Without `silenceMs` the configuration of the daemon decides. */
  #turns: { readonly silenceMs?: number } | null = {};
  #withLogProbs = false;
  #isBeta: boolean;
  #keywords: readonly string[] | null = null;
  #prompt: string | null = null;
  /** Keywords and prompt before the last change of them. */
  #wordsBefore: readonly [readonly string[] | null, string | null] = [null, null];

  /** `isBeta`: the client speaks the form of the beta, until it sends an event of the other. */
  constructor(id: string, model: ModelInfo, isBeta: boolean) {
    this.id = id;
    this.#model = model;
    this.#isBeta = isBeta;
  }

  /** Whether the server finds the ends of turns by itself. */
  get findsTurns(): boolean {
    return this.#turns !== null;
  }

  /** Whether `logprobs` are wanted. */
  get withLogProbs(): boolean {
    return this.#withLogProbs;
  }

  /** Whether the client speaks the form of the beta. */
  get isBeta(): boolean {
    return this.#isBeta;
  }

  get pcmFormat(): PcmFormat {
    return pcmFormatOf(this.#format);
  }

  /** The keywords of the client, and less so the names in its prompt; nothing when it named none. */
  get hotwords(): Pick<StreamOptions, 'hotwords'> {
    const keywords = this.#keywords ?? [];
    const names = promptNames(this.#prompt ?? '').filter((name) => !keywords.includes(name));
    if (this.#keywords === null && names.length === 0) return {};
    return {
      hotwords: [
        ...keywords.map((text) => ({ text })),
        ...names.map((text) => ({ text, boost: PROMPT_BOOST })),
      ],
    };
  }

  get streamOptions(): StreamOptions {
    if (this.#turns === null) return { partials: true, endpoint: { enabled: false }, ...this.hotwords };
    const { silenceMs } = this.#turns;
    return {
      partials: true,
      ...this.hotwords,
      ...(silenceMs === undefined ? {} : { endpoint: { rule2SilenceMs: silenceMs } }),
    };
  }

  /**
   * Takes the settings of a `session.update`; what it does not name stays.
   * @param isOpen whether the stream has audio already
   * @throws {AgentError} `MESSAGE_INVALID`; nothing is changed then
   */
  update({ audio, include }: OpenAiSessionUpdate, isOpen: boolean): void {
    const { format, turn_detection, transcription } = audio?.input ?? {};
    this.#requireLanguage(transcription, 'session.audio.input.transcription.language');
    const turns = turn_detection === undefined ? this.#turns : turnsOf(turn_detection);
    if (isOpen) {
      refuseChange('format', format ?? this.#format, this.#format);
      refuseChange('turn_detection', turns, this.#turns);
    }
    this.#format = format ?? this.#format;
    this.#turns = turns;
    this.#wordsBefore = [this.#keywords, this.#prompt];
    this.#keywords = transcription?.keywords ?? this.#keywords;
    this.#prompt = transcription?.prompt ?? this.#prompt;
    if (include !== undefined) this.#withLogProbs = (include?.length ?? 0) > 0;
    this.#isBeta = false;
  }

  /** The same for a `transcription_session.update`, the form of the beta. */
  updateBeta(beta: OpenAiBetaSessionUpdate, isOpen: boolean): void {
    const { input_audio_format, input_audio_transcription: transcription, turn_detection, include } = beta;
    const format = input_audio_format === undefined ? undefined : BETA_FORMATS[input_audio_format];
    this.update(
      {
        type: 'transcription',
        audio: { input: { format, transcription, turn_detection } },
        include,
      },
      isOpen,
    );
    this.#isBeta = true;
  }

  /** The last keywords and the last prompt were refused: those before are still in force. */
  takeBackWords(): void {
    [this.#keywords, this.#prompt] = this.#wordsBefore;
  }

  /** The session as events carry it, in the form that the client speaks. */
  describe(): Record<string, unknown> {
    return this.#isBeta ? this.#describeBeta() : this.#describe();
  }

  #describe(): Record<string, unknown> {
    const input = {
      format: this.#format,
      transcription: this.#transcription,
      noise_reduction: null,
      turn_detection: this.#turnDetection,
    };
    const { id } = this;
    const head = { id, object: 'realtime.transcription_session', type: 'transcription' };
    return { ...head, audio: { input }, include: this.#include };
  }

  #describeBeta(): Record<string, unknown> {
    const format = Object.entries(BETA_FORMATS).find(([, { type }]) => type === this.#format.type);
    return {
      id: this.id,
      object: 'realtime.transcription_session',
      input_audio_format: format?.[0],
      input_audio_transcription: this.#transcription,
      input_audio_noise_reduction: null,
      turn_detection: this.#turnDetection,
      include: this.#include,
    };
  }

  get #transcription() {
    const keywords = this.#keywords === null ? {} : { keywords: this.#keywords };
    const prompt = this.#prompt === null ? {} : { prompt: this.#prompt };
    return { model: this.#model.name, language: this.#model.language, ...prompt, ...keywords };
  }

  get #turnDetection() {
    if (this.#turns === null) return null;
    const { silenceMs } = this.#turns;
    return { type: 'server_vad', ...(silenceMs === undefined ? {} : { silence_duration_ms: silenceMs }) };
  }

  get #include() {
    return this.#withLogProbs ? ['item.input_audio_transcription.logprobs'] : null;
  }

  #requireLanguage(transcription: OpenAiTranscriptionUpdate | undefined, param: string): void {
    const { language, languages = [] } = transcription ?? {};
    const wished = language === undefined || language === '' ? languages : [language];
    if (wished.length === 0 || wished.some((tag) => isSameLanguage(tag, this.#model.language))) return;
    const message = `${param}: expected ${this.#model.language}, the language of the model; got ${wished.join(', ')}.`;
    throw new AgentError('MESSAGE_INVALID', message, { fields: { code: 'unsupported_language', param } });
  }
}

function pcmFormatOf(format: OpenAiFormat): PcmFormat {
  switch (format.type) {
    case 'audio/pcm':
      return { encoding: 's16le', sampleRate: format.rate, channels: 1 };
    case 'audio/pcmu':
      return { encoding: 'mulaw', sampleRate: 8000, channels: 1 };
    case 'audio/pcma':
      return { encoding: 'alaw', sampleRate: 8000, channels: 1 };
  }
}

function turnsOf(detection: OpenAiTurnDetection): { silenceMs?: number } | null {
  if (detection === null) return null;
  const wishedMs = detection.type === 'server_vad' ? detection.silence_duration_ms : undefined;
  return wishedMs === undefined ? {} : { silenceMs: endpointSilenceMs(wishedMs) };
}

function refuseChange(what: Fixed, wanted: unknown, present: unknown): void {
  if (JSON.stringify(wanted) === JSON.stringify(present)) return;
  const param = `session.audio.input.${what}`;
  const message = `${param}: can not change once there is audio; open another connection.`;
  throw new AgentError('MESSAGE_INVALID', message, {
    fields: { code: 'session_update_not_possible', param },
  });
}
