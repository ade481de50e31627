import { type Command, Option } from 'commander';
import type { MicrophoneStatus } from '../capture/microphone-status.ts';
import { followMicrophone } from '../client/node.ts';
import type { Config } from '../config.ts';
import type { StreamOptions } from '../engine/speech-engine.ts';
import { AgentError } from '../errors.ts';
import { grammarTask } from '../grammar-files.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { grammarOption } from './grammar-option.ts';
import { addHotwordOptions, type HotwordOptionValues, hotwordsOf } from './hotword-options.ts';
import { JsonOutput, type ListenOutput, TextOutput } from './listen-output.ts';
import { loadEngine } from './load-engine.ts';
import { recognize } from './recognition.ts';
import { localAddress, scheme } from './server-address.ts';
import { stopSignal } from './stop-signal.ts';
import { OUTPUT, printNote } from './terminal.ts';

interface ListenOptions extends HotwordOptionValues {
  readonly server?: string | true;
  readonly token?: string;
  readonly json?: true;
  readonly decoder?: 'greedy' | 'beam' | 'lexicon';
  readonly grammar?: readonly string[];
}

const HELP = `
In a terminal the current words rewrite themselves until they are final; in a pipe only finals come out, one
a line. Ctrl-C ends the sentence that is being spoken and prints it.

Examples:
  earshot listen
  earshot listen --device plughw:1,0 > notes.txt
  earshot listen --grammar lights.yaml       commands with intents and slots; others are refused
  earshot listen --hotword Siobhan --hotword "Lake Wallenpaupack:9"
  earshot listen --server                    the microphone of the daemon on this machine
  earshot listen --server ws://kitchen:2750 --token SECRET --json`;

/** Options that say what is heard here, and how: what a daemon hears and how is its own configuration's. */
const OF_THIS_MACHINE = [
  ...['device', 'source', 'loop', 'model', 'provider'],
  ...['decoder', 'grammar', 'hotword', 'hotwordsFile'],
];

/** `earshot listen`: live text of this machine's microphone, or of a daemon's. */
export function registerListen(program: Command): void {
  const command = program
    .command('listen')
    .description('show what is said into the microphone, live')
    .addOption(
      new Option(
        '--server [url]',
        'follow the microphone of a running daemon instead (default: the configured one)',
      ).conflicts(OF_THIS_MACHINE),
    )
    .option('--token <token>', 'token of that daemon')
    .option('--json', 'print every event as a line of JSON')
    .addOption(new Option('--decoder <search>', 'search').choices(['greedy', 'beam', 'lexicon']))
    .addOption(grammarOption())
    .addHelpText('after', HELP)
    .action(async (options: ListenOptions) => {
      const { config } = configFromOptions(command);
      const output = createOutput(options);
      const stop = stopSignal();
      try {
        if (options.server === undefined) await listenHere(config, options, { output, stop });
        else await listenThere(serverUrl(options.server, config), { config, options, output, stop });
      } finally {
        output.end();
      }
    });
  addHotwordOptions(command);
  addConfigOptions(command, [
    'model.path',
    'model.providers',
    'microphone.device',
    'microphone.source',
    'microphone.loop',
  ]);
}

function createOutput({ json }: ListenOptions): ListenOutput {
  if (json) return new JsonOutput();
  return new TextOutput(OUTPUT.isTTY ? OUTPUT : null);
}

async function listenHere(
  config: Config,
  options: ListenOptions,
  { output, stop }: { output: ListenOutput; stop: AbortSignal },
): Promise<void> {
  const engine = await loadEngine(config, { workers: config.engine.workers || 1 });
  const broken = new AbortController();
  try {
    const { AGENT_PARTS } = await import('../agent-parts.ts');
    const onStatus = (status: MicrophoneStatus) => {
      output.take({ type: 'microphone', ...status });
      if (status.code === 'RECORDER_MISSING') broken.abort(new AgentError(status.code, status.detail));
    };
    const microphone = await AGENT_PARTS.openMicrophone(config.microphone, engine.sampleRate, onStatus);
    if (microphone === null) {
      throw new AgentError('MICROPHONE_DISABLED', 'The configuration has microphone.enabled: false.');
    }
    for (const signal of [stop, broken.signal]) {
      signal.addEventListener('abort', () => void microphone.close());
    }
    if (stop.aborted) return;
    printNote('Listening. Ctrl-C ends.');
    const { decoder, grammar } = options;
    const stream: StreamOptions = {
      ...(decoder === undefined ? {} : { decoder }),
      ...(await grammarTask(grammar)),
      ...(await hotwordsOf(options)),
    };
    await recognize(engine, microphone, { stream, onEvent: ({ event }) => output.take(event) });
    broken.signal.throwIfAborted();
  } finally {
    await engine.close();
  }
}

async function listenThere(
  url: string,
  parts: { config: Config; options: ListenOptions; output: ListenOutput; stop: AbortSignal },
): Promise<void> {
  const { config, options, output, stop } = parts;
  const token = options.token ?? (config.server.token || undefined);
  for await (const event of followMicrophone({ url, token, signal: stop })) output.take(event);
}

/** `ws://host:port` of a user, with the microphone's path where none was given. */
function serverUrl(given: string | true, { server }: Config): string {
  if (given === true) return `${scheme('ws', server)}://${localAddress(server)}/v1/microphone`;
  const address = given.replace(/^http/, 'ws');
  const hasPath = /^wss?:\/\/[^/]+\/.+/.test(address);
  return hasPath ? address : `${address.replace(/\/$/, '')}/v1/microphone`;
}
