import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of made-up recorder programs, to be used as the whole PATH. A program is a Node script; in it, `run`
 * counts its starts from 1, `tone(samples)` gives bytes that sound, and `args` are its arguments.
 */
export class FakePrograms {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<FakePrograms> {
    return new FakePrograms(await mkdtemp(join(tmpdir(), 'earshot-recorders-')));
  }

  get env(): NodeJS.ProcessEnv {
    return { PATH: this.folder };
  }

  async install(name: string, body: string): Promise<void> {
    const draft = join(this.folder, `${name}.draft`);
    await writeFile(draft, script(body));
    await chmod(draft, 0o755);
    // At once, because a microphone may be looking for it.
    await rename(draft, join(this.folder, name));
  }

  /** Process ids of all starts of a program so far, in their order. */
  async startedPids(name: string): Promise<number[]> {
    const lines = await readFile(join(this.folder, `${name}.starts`), 'utf8');
    return lines.trim().split('\n').map(Number);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

function script(body: string): string {
  return `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === '--version') {
  ${body.includes('onVersion') ? 'onVersion();' : ''}
  process.exit(0);
}
const starts = __filename + '.starts';
fs.appendFileSync(starts, process.pid + '\\n');
const pids = fs.readFileSync(starts, 'utf8').trim().split('\\n');
const run = pids.length;
const tone = (samples) => Buffer.from(Int16Array.from({ length: samples }, (_, i) => 1000 + (i % 100)).buffer);
const play = (bytes) => setInterval(() => process.stdout.write(bytes), 20);
${body}
`;
}
