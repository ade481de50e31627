import type { Final, TranscriptEvent } from '../../transcript/transcript-event.ts';
import {
  committedEvents,
  completedEvent,
  deltaEvent,
  failedEvent,
  newId,
  type OpenAiError,
  type OpenAiServerEvent,
} from './openai-message.ts';
import type { OpenAiSession } from './openai-session.ts';

/** A turn under way and how much of its text the client has. */
interface Turn {
  readonly id: string;
  readonly saidStart: boolean;
  readonly sent: string;
}

/**
 * Makes turns of a stream's transcript. While somebody speaks, the stable part goes out in pieces that add up; a turn
 * ends by silence or by the client's commit. What was heard before a clear is never said.
 */
export class OpenAiTurns {
  readonly #session: OpenAiSession;
  /** What each flush on its way stands for, oldest first. */
  readonly #flushes: ('commit' | 'clear')[] = [];
  #turn: Turn | null = null;
  #previousId: string | null = null;
  /** Where the audio of the next turn begins, in seconds: of what came, and of what was computed. */
  #audioStart = 0;
  #heardStart = 0;

  constructor(session: OpenAiSession) {
    this.#session = session;
  }

  /** Seconds of audio up to which every turn is complete. */
  get audioStart(): number {
    return this.#audioStart;
  }

  /** A flush was ordered, and its final will come. */
  expectFlush(meaning: 'commit' | 'clear', audioSeconds: number): void {
    this.#flushes.push(meaning);
    this.#audioStart = audioSeconds;
  }

  accept(event: TranscriptEvent, heardSeconds: number): readonly OpenAiServerEvent[] {
    const isFlush = event.type === 'final' && event.reason === 'flush';
    const meaning = isFlush ? this.#flushes.shift() : this.#flushes[0];
    if (meaning === 'clear') return event.type === 'final' ? this.#drop(event, heardSeconds) : [];
    switch (event.type) {
      case 'speech-start':
        return this.#start(event.time);
      case 'partial':
        return this.#delta(event.stable);
      case 'final':
        return event.text === '' && !isFlush && this.#turn === null ? [] : this.#end(event, heardSeconds);
      case 'wake':
      case 'speech-end':
        return [];
    }
  }

  /** The transcript of the turn under way will not come. */
  fail(error: OpenAiError): readonly OpenAiServerEvent[] {
    const turn = this.#turn;
    if (turn === null && !this.#flushes.includes('commit')) return [];
    this.#turn = null;
    return [failedEvent(turn?.id ?? newId('item'), error)];
  }

  #start(time: number): OpenAiServerEvent[] {
    const turn = { id: newId('item'), saidStart: this.#session.findsTurns, sent: '' };
    this.#turn = turn;
    if (!turn.saidStart) return [];
    const type = 'input_audio_buffer.speech_started';
    return [{ type, audio_start_ms: Math.round(time * 1000), item_id: turn.id }];
  }

  #delta(text: string): OpenAiServerEvent[] {
    const turn = this.#turn;
    if (turn === null || text.length <= turn.sent.length || !text.startsWith(turn.sent)) return [];
    this.#turn = { ...turn, sent: text };
    return [deltaEvent(turn.id, text.slice(turn.sent.length))];
  }

  /** A client that shows who speaks was told the start of the turn: it is told the end too, though no words come. */
  #drop(final: Final, heardSeconds: number): readonly OpenAiServerEvent[] {
    const events = this.#stop(final);
    this.#turn = null;
    this.#heardStart = heardSeconds;
    return events;
  }

  #stop({ end }: Final): readonly OpenAiServerEvent[] {
    if (this.#turn?.saidStart !== true) return [];
    const type = 'input_audio_buffer.speech_stopped';
    return [{ type, audio_end_ms: Math.round(end * 1000), item_id: this.#turn.id }];
  }

  #end(final: Final, heardSeconds: number): OpenAiServerEvent[] {
    this.#turn ??= { id: newId('item'), saidStart: false, sent: '' };
    const { id } = this.#turn;
    const seconds = Math.max(0, heardSeconds - this.#heardStart);
    const events = [
      ...this.#stop(final),
      ...committedEvents({ id, previousId: this.#previousId }, this.#session.isBeta),
      ...this.#delta(final.text),
      completedEvent(id, final, { seconds, withLogProbs: this.#session.withLogProbs }),
    ];
    this.#turn = null;
    this.#previousId = id;
    this.#heardStart = heardSeconds;
    this.#audioStart = Math.max(this.#audioStart, heardSeconds);
    return events;
  }
}
