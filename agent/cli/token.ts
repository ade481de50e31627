import type { Command } from 'commander';
import { AgentError } from '../errors.ts';
import { parseExpiryOption } from './expiry-option.ts';
import { printLine, printNote } from './terminal.ts';

interface CreateOptions {
  readonly scope: string;
  readonly expires?: string;
  readonly json?: true;
}

const HELP = `
The token is shown once, on the standard error; the line for the file of tokens (server.tokensFile) holds its hash
and goes to the standard output. Scopes: stream (send audio), microphone (hear the daemon's own), admin (metrics,
exchange of the model).

Examples:
  earshot token create kitchen --scope stream >> tokens
  earshot token create guest --scope stream,microphone --expires 2027-01-31 >> tokens`;

/** `earshot token`: tokens for clients. */
export function registerToken(program: Command): void {
  const token = program.command('token').description('make tokens for clients').addHelpText('after', HELP);
  token
    .command('create')
    .description('make a token, and the line that lets it in')
    .argument('<name>', 'of whom it is for, without spaces')
    .option('--scope <list>', 'what it is for: stream, microphone, admin', 'stream')
    .option('--expires <date>', 'day (UTC) or moment from which it is refused, as 2027-01-31')
    .option('--json', 'print token and line as JSON to the standard output')
    .action(async (name: string, options: CreateOptions) => await create(name, options));
}

async function create(name: string, { scope, expires, json }: CreateOptions): Promise<void> {
  const { createToken, digestToken, formatTokenEntry, parseScopes } = await import('../server/token.ts');
  if (!/^[\w.-]+$/.test(name)) {
    throw new AgentError(
      'USAGE',
      `A name has letters, digits, "_", "-" and "."; got ${JSON.stringify(name)}.`,
    );
  }
  const scopes = parseScopes(scope, '--scope');
  const expiresAt = expires === undefined ? null : parseExpiryOption(expires, Date.now());
  const token = createToken();
  const line = formatTokenEntry({ name, scopes, digest: digestToken(token), expiresAt });
  if (json === true) {
    printLine(JSON.stringify({ name, token, line }));
    return;
  }
  printNote(`token (kept nowhere): ${token}`);
  printLine(line);
}
