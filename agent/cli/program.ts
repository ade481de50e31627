import { Command, CommanderError } from 'commander';
import { AgentError } from '../errors.ts';
import { PACKAGE_VERSION } from '../package-info.ts';
import { registerAlign } from './align.ts';
import { registerBench } from './bench.ts';
import { registerConfig } from './config.ts';
import { registerDevices } from './devices.ts';
import { registerDoctor } from './doctor.ts';
import { registerEval } from './eval.ts';
import { registerGrammar } from './grammar.ts';
import { registerListen } from './listen.ts';
import { registerModels } from './models.ts';
import { registerPronounce } from './pronounce.ts';
import { registerServe } from './serve.ts';
import { flushOutput, printError, watchOutput } from './terminal.ts';
import { registerToken } from './token.ts';
import { registerTop } from './top.ts';
import { registerTranscribe } from './transcribe.ts';
import { registerWake } from './wake.ts';

/** Done, failed, wrong use. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/**
 * Every command, in the order of the help. A command is one file here that exports `register…(program)`. It
 * imports nothing heavy at the top (no engine, no ONNX Runtime, no HTTP): its action does that with `import()`,
 * so that `--help` answers at once. An action throws an `AgentError` to fail (exit code 1; 2 for `USAGE` and
 * `CONFIG_INVALID`) and sets `process.exitCode` where it failed without one.
 */
const COMMANDS: readonly ((program: Command) => void)[] = [
  registerServe,
  registerListen,
  registerTop,
  registerTranscribe,
  registerAlign,
  registerEval,
  registerBench,
  registerDevices,
  registerDoctor,
  registerConfig,
  registerModels,
  registerPronounce,
  registerGrammar,
  registerWake,
  registerToken,
];

/** The program with all its commands. */
export function createProgram(): Command {
  const program = new Command('earshot')
    .description('Streaming speech recognition for the edge: microphone in, live transcripts out.')
    .version(PACKAGE_VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError('Add --help for the options.')
    .exitOverride();
  for (const register of COMMANDS) register(program);
  return program;
}

/** Runs the command that `argv` names and returns the exit code; errors are printed, not thrown. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<number> {
  watchOutput();
  try {
    await program.parseAsync(argv).catch(throwUnlessDone);
    await flushOutput();
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return EXIT.usage;
    printError(error);
    return isUsageError(error) ? EXIT.usage : EXIT.failed;
  }
}

/** Commander throws also when it has printed the help or the version. */
function throwUnlessDone(error: unknown): void {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
}

function isUsageError(error: unknown): boolean {
  return error instanceof AgentError && (error.code === 'USAGE' || error.code === 'CONFIG_INVALID');
}
