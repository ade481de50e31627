import { AgentError, type ErrorCode } from '../../errors.ts';
import type { Final, Partial, Word } from '../../transcript/transcript-event.ts';
import type { ClientCommand, Codec, Frame, Protocol, Refusal, ServerEvent } from './protocol.ts';

const FORMAT = { encoding: 'f32le', sampleRate: 16000, channels: 1 } as const;
/** The least confidence that has a logarithm worth saying. */
const LEAST_CONFIDENCE = 1e-6;

/** A result as sherpa-onnx's server in C++ writes it; that in Python sends `text` and `segment` alone. */
interface SherpaResult {
  readonly text: string;
  /** Our words: the model's own tokens are letters. A space is where a word begins. */
  readonly tokens: readonly string[];
  /** When each token starts, in seconds from `start_time`. */
  readonly timestamps: readonly number[];
  /** Natural logarithms of the confidences. */
  readonly ys_probs: readonly number[];
  readonly lm_probs: readonly number[];
  readonly context_scores: readonly number[];
  readonly segment: number;
  /** Numbers of words in a graph that Earshot does not have. */
  readonly words: readonly number[];
  /** Where the segment begins, in seconds of the stream. */
  readonly start_time: number;
  readonly is_final: boolean;
  readonly is_eof: boolean;
}

/** sherpa-onnx's online recognition: 32-bit float samples at 16 kHz, then `Done`. */
export const SHERPA: Protocol = {
  name: 'sherpa',
  path: '/sherpa',
  audio: 'client',
  createCodec: () => new SherpaCodec(),
  refusal: sherpaRefusal,
};

class SherpaCodec implements Codec {
  #started = false;
  /** Of the segment under way. */
  #segment = 0;
  #startTime = 0;
  #text = '';
  #saidEnd = false;

  decode(frame: Frame): readonly ClientCommand[] {
    if (typeof frame !== 'string') return this.#decodeAudio(frame);
    if (frame === 'Done') return [{ type: 'stop' }];
    const message = `Expected samples in binary messages or the text Done; got a text of ${frame.length} characters.`;
    throw new AgentError('MESSAGE_INVALID', message);
  }

  encode(event: ServerEvent): readonly Frame[] {
    switch (event.type) {
      case 'transcript':
        return event.event.type === 'partial' || event.event.type === 'final'
          ? [this.#result(event.event, event.heardSeconds ?? event.event.end)]
          : [];
      case 'done':
        return [...this.#end(), 'Done!'];
      case 'error': {
        const { code, message } = event;
        return [JSON.stringify({ ...this.#emptyResult(), text: this.#text, error: { code, message } })];
      }
      case 'ready':
      case 'audio-taken':
      case 'microphone':
      case 'level':
      case 'configured':
        return [];
    }
  }

  #decodeAudio(bytes: Uint8Array): readonly ClientCommand[] {
    const audio = { type: 'audio', bytes } as const;
    if (this.#started) return [audio];
    this.#started = true;
    return [{ type: 'start', format: FORMAT, options: { partials: true, partialWords: true } }, audio];
  }

  #result(event: Partial | Final, heardSeconds: number): Frame {
    const isFinal = event.type === 'final';
    const isEnd = isFinal && event.reason === 'end';
    const result: SherpaResult = {
      ...this.#emptyResult(),
      ...tokensOf(event.words ?? [], this.#startTime),
      text: event.text,
      is_final: isFinal,
      is_eof: isEnd,
    };
    this.#text = event.text;
    this.#saidEnd = isEnd;
    if (isFinal) this.#startSegment(heardSeconds);
    return JSON.stringify(result);
  }

  #startSegment(startTime: number): void {
    this.#segment += 1;
    this.#startTime = hundredths(startTime);
    this.#text = '';
  }

  /** Clients show the last result as the outcome: there is one, also when nothing was said since the last endpoint. */
  #end(): readonly Frame[] {
    if (this.#saidEnd) return [];
    return [JSON.stringify({ ...this.#emptyResult(), is_final: true, is_eof: true })];
  }

  #emptyResult(): SherpaResult {
    return {
      text: '',
      tokens: [],
      timestamps: [],
      ys_probs: [],
      lm_probs: [],
      context_scores: [],
      segment: this.#segment,
      words: [],
      start_time: this.#startTime,
      is_final: false,
      is_eof: false,
    };
  }
}

function tokensOf(
  words: readonly Word[],
  startTime: number,
): Pick<SherpaResult, 'tokens' | 'timestamps' | 'ys_probs'> {
  const logProb = (confidence: number) => Math.log(Math.max(confidence, LEAST_CONFIDENCE));
  return {
    tokens: words.map(({ text }) => ` ${text}`),
    timestamps: words.map(({ start }) => hundredths(Math.max(0, start - startTime))),
    ys_probs: words.map(({ confidence }) => Math.round(logProb(confidence) * 1e6) / 1e6),
  };
}

function hundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

/** sherpa-onnx's server in Python says this with status 503. */
function sherpaRefusal(code: ErrorCode, message: string): Refusal {
  const headers: Record<string, string> = { 'Content-Type': 'text/plain; charset=utf-8' };
  if (code === 'TOO_MANY_CLIENTS') headers['Hint'] = 'The server is overloaded. Please retry later.';
  return { headers, body: `${message}\n` };
}
