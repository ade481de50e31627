import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import type { Look } from './daemon-reading.ts';
import { FullScreen } from './full-screen.ts';
import { parsePositive } from './option-parsers.ts';
import { daemonAddress } from './server-address.ts';
import { stopSignal } from './stop-signal.ts';
import { OUTPUT, printLine } from './terminal.ts';

interface TopOptions {
  readonly server?: string;
  readonly token?: string;
  readonly interval: number;
  readonly once?: true;
  readonly json?: true;
}

const HELP = `
Rates and latencies are of the time between two looks; of all the time since the daemon's start with --once.
Counts are since its start. Where tokens are set it takes one with the scope admin. Ctrl-C ends.

Examples:
  earshot top
  earshot top --once                         once, as text
  earshot top --json | jq .queueAgeSeconds   a line of JSON at each look
  earshot top --server http://kitchen:2750 --token SECRET`;

/** `earshot top`: how a running daemon fares, live. */
export function registerTop(program: Command): void {
  const command = program
    .command('top')
    .description('watch a running daemon: clients, load, latency, queues, microphone')
    .option('--server <url>', 'the daemon (default: the configured one on this machine)')
    .option('--token <token>', 'token with the scope admin')
    .option('--interval <seconds>', 'time between two looks', parsePositive, 1)
    .option('--once', 'look once, print, and end; so it does where the output is no terminal')
    .option('--json', 'print readings as lines of JSON')
    .addHelpText('after', HELP)
    .action(async (options: TopOptions) => {
      const { config } = configFromOptions(command);
      await watch(options, config);
    });
  addConfigOptions(command, ['server.host', 'server.port']);
}

async function watch(options: TopOptions, config: Config): Promise<void> {
  const { lookAtDaemon } = await import('./daemon-look.ts');
  const base = daemonAddress(options.server, config);
  const token = options.token ?? (config.server.token || undefined);
  const look = () => lookAtDaemon(base, token);
  const first = await look(); // who is not there now is a mistake; who goes away later may come back
  if (options.once || (!options.json && !OUTPUT.isTTY)) await print(base, first, options);
  else if (options.json) await printAll(look, first, options.interval);
  else await draw(base, look, first, options.interval);
}

async function print(base: string, look: Look, { json }: TopOptions): Promise<void> {
  const { readDaemon } = await import('./daemon-reading.ts');
  const { topLines } = await import('./top-view.ts');
  const reading = readDaemon(look, null);
  printLine(json ? JSON.stringify(reading) : topLines(base, reading).join('\n'));
}

async function printAll(look: () => Promise<Look>, first: Look, seconds: number): Promise<void> {
  const { readDaemon } = await import('./daemon-reading.ts');
  const stop = stopSignal();
  for (let before = first; await isTime(seconds, stop); ) {
    const now = await look();
    printLine(JSON.stringify(readDaemon(now, before)));
    before = now;
  }
}

async function draw(base: string, look: () => Promise<Look>, first: Look, seconds: number): Promise<void> {
  const { readDaemon } = await import('./daemon-reading.ts');
  const { topLines } = await import('./top-view.ts');
  const stop = stopSignal();
  const screen = new FullScreen(OUTPUT);
  try {
    let before: Look | null = null;
    for (let now: Look | null = first; ; now = await look().catch(() => null)) {
      if (now !== null)
        screen.draw([...topLines(base, readDaemon(now, before), screen.columns), '', 'Ctrl-C ends.']);
      else screen.draw([`The daemon at ${base} does not answer. Trying again …`, '', 'Ctrl-C ends.']);
      before = now;
      if (!(await isTime(seconds, stop))) return;
    }
  } finally {
    screen.close();
  }
}

/** False when it was interrupted. */
async function isTime(seconds: number, signal: AbortSignal): Promise<boolean> {
  return delay(seconds * 1000, true, { signal }).catch(() => false);
}
