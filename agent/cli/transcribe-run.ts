import { openAudioFile } from '../capture/audio-file.ts';
import type { PcmFormat } from '../capture/sample-format.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { SpeechEngine, StreamOptions } from '../engine/speech-engine.ts';
import { type AgentError, toAgentError } from '../errors.ts';
import type { Final } from '../transcript/transcript-event.ts';
import { forEachConcurrently } from './concurrency.ts';
import type { ProgressState } from './progress.ts';
import { recognize } from './recognition.ts';

/** Some programs count a header to the samples, and encoders what they add at both ends. */
const CUT_TOLERANCE_SECONDS = 0.5;

/** Where the transcript of one file goes. */
export interface TranscriptTarget {
  /** The recording can be read. */
  begin(): void;
  take(final: Final): void;
  /** Also called after a failure: then the transcript is not whole. */
  end(isWhole: boolean): void;
}

export interface TranscribeOptions {
  readonly jobs: number;
  /** Holds the audio back to the pace of speech. */
  readonly realtime: boolean;
  /** The files have no header and are written like this. */
  readonly raw?: PcmFormat;
  readonly stream: StreamOptions;
  target(file: string, index: number): TranscriptTarget;
  onProgress(state: ProgressState): void;
  /** The file ended before the length that its header states; null: before the end that its format has. */
  onCut(file: string, heardSeconds: number, statedSeconds: number | null): void;
  onFailure(file: string, error: AgentError): void;
}

/**
 * Transcribes files, several at once. A file that can not be read is reported and the others go on.
 * @throws {AgentError} when the engine fails, or the output can not be written
 */
export async function transcribeFiles(
  engine: SpeechEngine,
  files: readonly string[],
  options: TranscribeOptions,
): Promise<void> {
  const progress = new FileProgress(files.length, options.onProgress);
  await forEachConcurrently(files.entries(), options.jobs, async ([index, file]) => {
    const target = options.target(file, index);
    let isWhole = false;
    try {
      await transcribeFile(engine, file, { options, target, progress, index });
      isWhole = true;
    } catch (error) {
      const failure = toAgentError(error);
      if (endsAll(failure)) throw failure;
      options.onFailure(file, failure);
    } finally {
      progress.end(index);
      target.end(isWhole);
    }
  });
}

/** Whether the other files would fail as well. */
function endsAll({ code }: AgentError): boolean {
  return code.startsWith('ENGINE') || code === 'OUTPUT_UNWRITABLE';
}

async function transcribeFile(
  engine: SpeechEngine,
  file: string,
  parts: { options: TranscribeOptions; target: TranscriptTarget; progress: FileProgress; index: number },
): Promise<void> {
  const { options, target, progress, index } = parts;
  const { raw, stream } = options;
  const source = await openAudioFile(file, { sampleRate: engine.sampleRate, ...(raw && { raw }) });
  target.begin();
  const { seconds: heardSeconds } = await recognize(engine, source, {
    stream,
    realtime: options.realtime ? SYSTEM_CLOCK : undefined,
    onEvent: ({ event }) => {
      if (event.type === 'final') target.take(event);
    },
    onAudio: (_, seconds) => progress.advance(index, seconds, source.durationSeconds ?? null),
  });
  const { statedSeconds = 0, lacksEnd } = source;
  if (heardSeconds < statedSeconds - CUT_TOLERANCE_SECONDS) options.onCut(file, heardSeconds, statedSeconds);
  else if (lacksEnd) options.onCut(file, heardSeconds, null);
}

/** Progress in files; of one whose length is known, the part that is done counts too. */
class FileProgress {
  readonly #shares: number[];
  readonly #seconds: number[];
  #done = 0;
  #audioSeconds = 0;
  readonly #report: (state: ProgressState) => void;

  constructor(files: number, report: (state: ProgressState) => void) {
    this.#shares = Array.from({ length: files }, () => 0);
    this.#seconds = [...this.#shares];
    this.#report = report;
  }

  advance(index: number, seconds: number, duration: number | null): void {
    this.#audioSeconds += seconds - this.#seconds[index]!;
    this.#seconds[index] = seconds;
    const known = duration !== null && duration > 0;
    this.#tell(index, known ? Math.min(1, seconds / duration) : 0);
  }

  end(index: number): void {
    this.#tell(index, 1);
  }

  #tell(index: number, share: number): void {
    this.#done += share - this.#shares[index]!;
    this.#shares[index] = share;
    this.#report({ done: this.#done, total: this.#shares.length, audioSeconds: this.#audioSeconds });
  }
}
