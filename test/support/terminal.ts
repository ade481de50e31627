import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { env, execPath, platform } from 'node:process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Of util-linux: runs a command in a terminal of its own. */
const SCRIPT = '/usr/bin/script';

/** Begins what moves the cursor and clears; `␛` in what tests see. */
const ESCAPE = String.fromCharCode(27);

/** Why there is no terminal for tests on this machine; false when there is one. */
export const NO_TERMINAL =
  platform === 'linux' && existsSync(SCRIPT) ? false : `needs ${SCRIPT} of util-linux`;

/** `earshot …` in a terminal; it is killed at the end of the test. */
export class TerminalProcess {
  readonly #child: ChildProcess;
  readonly #code: Promise<number | null>;
  #written = '';
  #wake: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.on('data', (data) => {
      this.#written += String(data).replaceAll(ESCAPE, '␛');
      this.#wake();
    });
    this.#code = once(child, 'close').then(([code]) => {
      this.#wake();
      return code as number | null;
    });
  }

  static start(t: TestContext, args: readonly string[], given: NodeJS.ProcessEnv = {}): TerminalProcess {
    // `exec`: a shell that stays around dies of the Ctrl-C that is meant for its child
    const command = ['exec', execPath, '--import', 'tsx', 'agent/main.ts', ...args].join(' ');
    const child = spawn(SCRIPT, ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
      cwd: ROOT,
      env: { ...env, SHELL: '/bin/sh', TERM: 'xterm', ...given },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    return new TerminalProcess(child);
  }

  /** Resolves when what was written since the last call has `pattern`. Fails when the process ends before. */
  async shows(pattern: RegExp): Promise<void> {
    for (;;) {
      const found = pattern.exec(this.#written);
      if (found !== null) {
        this.#written = this.#written.slice(found.index + found[0].length);
        return;
      }
      if (this.#child.exitCode !== null) throw new Error(`no ${pattern} before the end:\n${this.#written}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What was written since `shows` found its pattern. */
  get written(): string {
    return this.#written;
  }

  /** Closes its window. */
  close(): void {
    this.#child.kill('SIGKILL');
  }

  /** Presses keys. */
  type(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  /** Resolves with its exit code when it has ended. */
  ended(): Promise<number | null> {
    return this.#code;
  }
}
