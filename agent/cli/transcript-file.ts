import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import type { Final } from '../transcript/transcript-event.ts';
import { unwritable } from './output-file.ts';
import type { TranscriptTarget } from './transcribe-run.ts';
import type { TranscriptFormatter } from './transcript-format.ts';

/** Ending of the name while the transcript is not whole. */
const DRAFT_EXTENSION = '.part';

/**
 * A transcript in a file of its own. It is written beside its place and moved there when it is whole: a recording that
 * can not be read and a run that is broken off leave what was there before. What was heard till then stays beside it.
 * Its methods throw AgentError OUTPUT_UNWRITABLE.
 */
export class TranscriptFile implements TranscriptTarget {
  readonly #path: string;
  readonly #draft: string;
  readonly #formatter: TranscriptFormatter;
  /** The draft, once there is something to write. */
  #file: number | null = null;

  constructor(path: string, formatter: TranscriptFormatter) {
    this.#path = path;
    this.#draft = path + DRAFT_EXTENSION;
    this.#formatter = formatter;
  }

  begin(): void {}

  take(final: Final): void {
    const text = this.#formatter.format(final);
    if (text !== '') this.#attempt(() => writeFileSync(this.#open(), text));
  }

  end(isWhole: boolean): void {
    this.#attempt(() => {
      if (isWhole) this.#open(); // silence has an empty transcript
      if (this.#file !== null) closeSync(this.#file);
      if (isWhole) renameSync(this.#draft, this.#path);
    });
  }

  #open(): number {
    if (this.#file === null) {
      this.#file = openSync(this.#draft, 'w');
      writeFileSync(this.#file, this.#formatter.head);
    }
    return this.#file;
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw unwritable(JSON.stringify(this.#draft), error as NodeJS.ErrnoException);
    }
  }
}
