import { platform } from 'node:process';
import { isatty } from 'node:tty';

const STANDARD = [0, 1, 2];

/** The terminal that this process was started in, if it was. */
export class ControllingTerminal {
  readonly #descriptors = STANDARD.filter((descriptor) => isatty(descriptor));

  /**
   * Whether SIGHUP says that it is gone: its window was closed, or the line to it cut. On Windows the signal has no other
   * meaning.
   */
  isGone(): boolean {
    if (platform === 'win32') return true;
    return this.#descriptors.length > 0 && !this.#descriptors.some((descriptor) => isatty(descriptor));
  }
}
