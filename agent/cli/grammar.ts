import type { Command } from 'commander';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { countParser } from './option-parsers.ts';
import { printLine } from './terminal.ts';

interface CheckOptions {
  readonly json?: true;
  readonly samples?: number;
}

const DEFAULT_SAMPLES = 5;
const HELP = `
Says where a grammar is wrong, how many sentences it has, which words the lexicon does not know (their
pronunciation is a guess), and some sentences drawn at random. How grammars are written: agent/GRAMMARS.md.

Examples:
  earshot grammar check lights.yaml
  earshot grammar check lights.yaml timers.yaml --samples 20 --json`;

/** `earshot grammar`: looks at grammars before they are used. */
export function registerGrammar(program: Command): void {
  const grammar = program
    .command('grammar')
    .description('check grammars of commands')
    .addHelpText('after', HELP);
  const check = grammar
    .command('check')
    .description('mistakes, number of sentences, words, examples')
    .argument('<files...>', 'grammars, active together')
    .option('--samples <n>', 'sentences to draw', countParser(0))
    .option('--json', 'print JSON')
    .action(async (files: readonly string[], { json, samples }: CheckOptions) => {
      const { checkGrammars, reportText } = await import('./grammar-report.ts');
      const report = await checkGrammars(files, configFromOptions(check).config, samples ?? DEFAULT_SAMPLES);
      printLine(json ? JSON.stringify(report, null, 2) : reportText(report));
    });
  addConfigOptions(check, ['model.path']);
}
