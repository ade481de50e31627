import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ModelInfo } from '../server/protocols/protocol.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { requestDaemon } from './daemon-request.ts';
import { daemonAddress } from './server-address.ts';
import { printLine } from './terminal.ts';

/** A large model is read, hashed and loaded in this time even from a slow card. */
const ANSWER_MS = 300_000;

interface UseOptions {
  readonly server?: string;
  readonly token?: string;
  readonly json?: true;
}

const HELP = `
Streams that are open finish on the model they began with; the microphone follows in the next pause. The old model is
freed after the last of them. What is wrong with the new one is said, and the old one stays. When the daemon starts
again it loads model.path: set that too for good.

Examples:
  earshot models use en-small           a folder beside the configured model
  earshot models use ./models/mine      any other
  earshot models use en-small --server http://kitchen:2750 --token SECRET`;

/** `earshot models use`: another model for a running daemon. */
export function registerModelUse(models: Command): void {
  const command = models
    .command('use')
    .description('give another model to a running daemon, without ending streams')
    .argument('<model>', 'name of a folder beside the configured model, or a path')
    .option('--server <url>', 'the daemon (default: the configured one on this machine)')
    .option('--token <token>', 'token with the scope admin')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (model: string, { server, token, json }: UseOptions) => {
      const { config } = configFromOptions(command);
      const url = new URL('/v1/model', daemonAddress(server, config));
      url.searchParams.set('use', /[/\\]/.test(model) ? resolve(model) : model);
      const admin = token ?? (config.server.token || undefined);
      const answer = await requestDaemon(url.href, { method: 'POST', token: admin, answerMs: ANSWER_MS });
      const { name, version } = (JSON.parse(answer) as { model: ModelInfo }).model;
      printLine(json ? answer.trimEnd() : `New streams get ${name} ${version}.`);
    });
  addConfigOptions(command, ['server.host', 'server.port']);
}
