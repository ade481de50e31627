/**
 * Builds the n-gram language model that Earshot loads, from text; `--help` explains the options.
 *
 *   node --import tsx scripts/language-model/build.ts --text sentences.txt --output lm.bin
 */
import { AgentError } from '../../agent/errors.ts';
import { buildModel } from './builder.ts';
import { HELP, parseOptions } from './options.ts';

const startedAt = performance.now();

function progress(message: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`${seconds} s  ${message}\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) process.stdout.write(HELP);
  else await buildModel(options, progress);
} catch (error) {
  process.stderr.write(`build: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof AgentError && error.code === 'USAGE' ? 2 : 1;
}
