import { isatty } from 'node:tty';
import { Agent } from './agent.ts';
import { AGENT_PARTS } from './agent-parts.ts';
import type { Config } from './config.ts';
import { AgentError } from './errors.ts';
import { openProcessLogger } from './log.ts';
import type { Logger } from './logger.ts';
import { isLoopback } from './server/loopback.ts';
import { describeStart } from './start-banner.ts';

const STANDARD_OUTPUT = 1;
const MICROPHONE_PATIENCE_MS = 1500;

/** Runs the agent until SIGTERM or SIGINT; a second signal ends the process at once. */
export async function runDaemon(config: Config): Promise<void> {
  const log = await openProcessLogger(config.log);
  const agent = new Agent({ config, log, parts: AGENT_PARTS });
  const stopped = stopOnSignal(agent, log);
  try {
    await agent.start();
  } catch (error) {
    if (error instanceof AgentError && error.code === 'SHUTTING_DOWN') return; // stopped while starting
    throw error;
  }
  warnIfOpen(config, log);
  await announce(agent, log);
  await stopped;
}

function stopOnSignal(agent: Agent, log: Logger): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info({ signal }, 'stopping');
      agent.stop().then(resolve, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

function warnIfOpen({ server, wyoming }: Config, log: Logger): void {
  if (!server.allowUnauthenticated) return;
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
