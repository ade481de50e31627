import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RowListener } from '../../agent/cli/pipeline-run.ts';
import type { KeptRows } from '../../agent/cli/wake-run.ts';

/** Where the rows of a recording lie; offsets and lengths in numbers of 32 bits. */
interface Entry {
  readonly file: string;
  readonly seconds: number;
  readonly offset: number;
  readonly steps: number;
}

/** Log-probs of recordings in a folder, so that other settings are measured without the model; those of one model. */
export class RowFile implements KeptRows {
  readonly #index: string;
  readonly #rows: number;
  readonly #rowLength: number;
  readonly #entries = new Map<string, Entry>();
  #end = 0;

  /**
   * @param model says which model the rows are of, for example by its hash: those of another are thrown away
   * @param rowLength tokens of its head
   */
  constructor(folder: string, model: string, rowLength: number) {
    mkdirSync(folder, { recursive: true });
    this.#index = join(folder, 'rows.jsonl');
    this.#rowLength = rowLength;
    const [first, ...lines] = existsSync(this.#index)
      ? readFileSync(this.#index, 'utf8').trim().split('\n')
      : [];
    const isSame = first === JSON.stringify({ model, rowLength });
    if (!isSame) writeFileSync(this.#index, `${JSON.stringify({ model, rowLength })}\n`);
    for (const line of isSame ? lines : []) this.#enter(JSON.parse(line));
    this.#rows = openSync(join(folder, 'rows.f32'), isSame ? 'r+' : 'w+');
  }

  recall(file: string) {
    const entry = this.#entries.get(file);
    if (entry === undefined) return null;
    const rows = new Float32Array(entry.steps * this.#rowLength);
    readSync(this.#rows, rows, 0, rows.byteLength, entry.offset * rows.BYTES_PER_ELEMENT);
    return { rows, rowLength: this.#rowLength, seconds: entry.seconds };
  }

  keep(file: string, listener: RowListener): RowListener {
    const rows: Float32Array[] = [];
    return {
      accept: (logProbs, offset) => {
        rows.push(logProbs.slice(offset, offset + this.#rowLength));
        listener.accept(logProbs, offset);
      },
      end: (seconds) => {
        this.#write({ file, seconds, offset: this.#end, steps: rows.length }, rows);
        listener.end(seconds);
      },
      fail: listener.fail,
    };
  }

  close(): void {
    closeSync(this.#rows);
  }

  #write(entry: Entry, rows: readonly Float32Array[]): void {
    const all = new Float32Array(rows.length * this.#rowLength);
    for (const [i, row] of rows.entries()) all.set(row, i * this.#rowLength);
    writeSync(this.#rows, all, 0, all.byteLength, entry.offset * all.BYTES_PER_ELEMENT);
    appendFileSync(this.#index, `${JSON.stringify(entry)}\n`);
    this.#enter(entry);
  }

  #enter(entry: Entry): void {
    this.#entries.set(entry.file, entry);
    this.#end = Math.max(this.#end, entry.offset + entry.steps * this.#rowLength);
  }
}
