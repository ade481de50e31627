import { spawn } from 'node:child_process';
import type { CancelTimer, Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** What systemd hands to a service of `Type=notify`: sd_notify(3), sd_watchdog_enabled(3). */
export interface NotifyEnvironment {
  /** `NOTIFY_SOCKET`; undefined: nobody wants to know. */
  readonly socket: string | undefined;
  /** `WATCHDOG_USEC`; undefined: nobody watches. */
  readonly watchdogUsec: string | undefined;
}

export interface NotifierTools {
  readonly clock: Clock;
  readonly log: Logger;
  /** Sends one state, as `READY=1`; resolves with false, or rejects, when it could not. */
  readonly send?: (state: string) => Promise<boolean>;
}

/** Twice as often as asked, so that one ping may be late: the advice of sd_watchdog_enabled(3). */
const PINGS_PER_TIMEOUT = 2;

/** A program that hangs counts as one that failed: it must not hold up the end of the daemon. */
const SEND_TIMEOUT_MS = 5000;

/**
 * Tells systemd how the daemon does. Node has no datagram sockets of Unix, so the program `systemd-notify`, which is
 * wherever systemd is, sends each message; the unit needs `NotifyAccess=all` for that. Pings come from the event
 * loop: when that hangs they stop, and systemd starts the daemon again.
 */
export class ServiceNotifier {
  readonly #environment: NotifyEnvironment;
  readonly #tools: NotifierTools;
  readonly #send: (state: string) => Promise<boolean>;
  #cancelTimer: CancelTimer | null = null;
  #isPinging = false;
  #failed = false;

  constructor(environment: NotifyEnvironment, tools: NotifierTools) {
    this.#environment = environment;
    this.#tools = tools;
    this.#send = tools.send ?? ((state) => systemdNotify(state, tools.clock));
  }

  /** The daemon serves; from now on it shows that it lives. */
  async ready(): Promise<void> {
    this.#startPings();
    await this.#tell('READY=1');
  }

  async stopping(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#tell('STOPPING=1');
  }

  #startPings(): void {
    const timeoutMs = Number(this.#environment.watchdogUsec ?? 0) / 1000;
    if (!(timeoutMs > 0)) return;
    const ping = () => void this.#ping();
    this.#cancelTimer ??= this.#tools.clock.every(timeoutMs / PINGS_PER_TIMEOUT, ping);
  }

  /** One at a time: programs that hang must not pile up. */
  async #ping(): Promise<void> {
    if (this.#isPinging) return;
    this.#isPinging = true;
    await this.#tell('WATCHDOG=1');
    this.#isPinging = false;
  }

  async #tell(state: string): Promise<void> {
    if (this.#environment.socket === undefined) return;
    if (await this.#send(state).catch(() => false)) return;
    if (!this.#failed) {
      this.#tools.log.warn({ state }, 'systemd could not be told; does systemd-notify run?');
    }
    this.#failed = true;
  }
}

/** Rejects where Node.js throws what keeps a process from being started, such as no memory for it. */
function systemdNotify(state: string, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('systemd-notify', [state], { stdio: 'ignore' });
    const cancel = clock.after(SEND_TIMEOUT_MS, () => child.kill('SIGKILL'));
    const settle = (told: boolean) => {
      cancel();
      resolve(told);
    };
    child.on('error', () => settle(false));
    child.on('close', (code) => settle(code === 0));
  });
}
