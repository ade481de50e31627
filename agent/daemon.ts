import { isatty } from 'node:tty';
import { Agent } from './agent.ts';
import { AGENT_PARTS } from './agent-parts.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import type { Config } from './config.ts';
import { notifyEnvironment } from './config-load.ts';
import { ControllingTerminal } from './controlling-terminal.ts';
import { AgentError, toAgentError } from './errors.ts';
import { openProcessLogger } from './log.ts';
import type { Logger } from './logger.ts';
import { isLoopback } from './server/loopback.ts';
import { ServiceNotifier } from './service-notifier.ts';
import { describeStart } from './start-banner.ts';

const STANDARD_OUTPUT = 1;
const MICROPHONE_PATIENCE_MS = 1500;
/** For whoever reads the log to read the end of it. */
const LAST_LINES_MS = 1000;

/**
 * Runs the agent until a signal ends it: SIGTERM and SIGINT stop (a second one ends the process at once), SIGUSR2 drains,
 * SIGHUP reads the configuration again with `readConfig`, or stops where it says that the terminal is gone.
 */
export async function runDaemon(config: Config, readConfig: () => Config): Promise<void> {
  const { log, output } = await openProcessLogger(config.log);
  const agent = new Agent({ config, log, parts: AGENT_PARTS });
  const notifier = new ServiceNotifier(notifyEnvironment(), { clock: SYSTEM_CLOCK, log });
  const stopped = stopOnSignal({ agent, log, notifier }, () => reload(agent, readConfig, log));
  try {
    await agent.start();
  } catch (error) {
    if (error instanceof AgentError && error.code === 'SHUTTING_DOWN') return; // stopped while starting
    throw error;
  }
  warnIfOpen(config, log);
  await announce(agent, log);
  await notifier.ready();
  await stopped;
  if (!(await output.drained(LAST_LINES_MS))) process.exit(); // what waits for a reader would hold up the process for as long
}

interface Daemon {
  readonly agent: Agent;
  readonly log: Logger;
  readonly notifier: ServiceNotifier;
}

function stopOnSignal({ agent, log, notifier }: Daemon, onReload: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const end = (signal: NodeJS.Signals, how: () => Promise<void>): void => {
      log.info({ signal }, 'stopping');
      Promise.all([notifier.stopping(), how()]).then(() => resolve(), reject);
    };
    const onStop = (signal: NodeJS.Signals): void => {
      if (stopping) process.exit(1);
      stopping = true;
      end(signal, () => agent.stop());
    };
    process.on('SIGTERM', onStop);
    process.on('SIGINT', onStop);
    const terminal = new ControllingTerminal();
    // Without a listener it ends the process. That a terminal is gone may be said twice, by the shell and by the system.
    process.on('SIGHUP', (signal) => {
      if (!terminal.isGone()) onReload();
      else if (!stopping) onStop(signal);
    });
    let draining = false;
    process.on('SIGUSR2', (signal) => {
      if (!draining) end(signal, () => agent.drain());
      draining = true;
    });
  });
}

function reload(agent: Agent, readConfig: () => Config, log: Logger): void {
  try {
    log.info({ ...agent.reload(readConfig()) }, 'configuration reloaded');
  } catch (error) {
    const { code, message } = toAgentError(error);
    log.error({ code, reason: message }, 'configuration not reloaded, the old one stays');
  }
}

function warnIfOpen({ server, wyoming }: Config, log: Logger): void {
  const isOpen = !isLoopback(server.host) && server.token === '' && server.tokensFile === '';
  if (isOpen) log.warn({ host: server.host }, 'anyone on the network may connect: there is no token');
  if (wyoming.enabled && !isLoopback(wyoming.host)) {
    log.warn({ host: wyoming.host }, 'anyone on the network may use Wyoming: it has no tokens');
  }
}

async function announce(agent: Agent, log: Logger): Promise<void> {
  await agent.microphoneStatus(MICROPHONE_PATIENCE_MS);
  const page = agent.pageUrl;
  if (page === null) return; // stopped meanwhile
  const readiness = agent.readiness();
  if (isatty(STANDARD_OUTPUT)) process.stdout.write(describeStart(page, readiness));
  else log.info({ page, ...readiness }, 'ready');
}
