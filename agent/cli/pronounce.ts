import type { Command } from 'commander';
import type { Pronunciation } from '../decoder/pronouncer.ts';
import { plainTable } from '../evaluation/table.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { countParser } from './option-parsers.ts';
import { printLine } from './terminal.ts';

const HELP = `
Where a pronunciation is from: user (the file of decoder.pronunciations), lexicon, letters (spelled), or
letter-to-sound (a guess: a word that no dictionary has). Correct one by a line in that file, such as
  Siobhan<TAB>SH IH V AO N

Examples:
  earshot pronounce tomato Siobhan mp3
  earshot pronounce --alternatives 5 --json Earshot
  earshot pronounce --set decoder.pronunciations=names.txt Siobhan`;

/** A word with the ways to say it, phonemes by name. */
interface PronouncedWord {
  readonly word: string;
  readonly pronunciations: readonly {
    readonly phonemes: string;
    readonly source: Pronunciation['source'];
    readonly probability: number;
  }[];
}

/** `earshot pronounce`: how words are expected to sound, and where that is from. */
export function registerPronounce(program: Command): void {
  const command = program
    .command('pronounce')
    .description('show how words are expected to sound')
    .argument('<words...>', 'words or names; quote several words that belong together')
    .option('--alternatives <number>', 'show up to this many ways to say a word', countParser(1), 3)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP);
  addConfigOptions(command, ['model.path']).action(
    async (words: string[], { alternatives, json }: { alternatives: number; json?: true }) => {
      const pronounced = await pronounceAll(command, words, alternatives);
      printLine(json ? JSON.stringify(pronounced, null, 2) : wordTable(pronounced));
      if (pronounced.some(({ pronunciations }) => pronunciations.length === 0)) process.exitCode = 1;
    },
  );
}

async function pronounceAll(command: Command, words: string[], n: number): Promise<PronouncedWord[]> {
  const { config } = configFromOptions(command);
  const { loadBundle } = await import('../acoustic/bundle.ts');
  const { loadPronouncer } = await import('../engine/load-pronouncer.ts');
  const { resolvePackagePath } = await import('../package-info.ts');
  const bundle = await loadBundle(resolvePackagePath(config.model.path));
  const pronouncer = await loadPronouncer(bundle, config.decoder.pronunciations);
  return words.map((word) => ({
    word,
    pronunciations: pronouncer.pronounce(word, n).map(({ phonemes, source, logProb }) => ({
      phonemes: pronouncer.phonemeText(phonemes),
      source,
      probability: Math.round(Math.exp(logProb) * 1e4) / 1e4,
    })),
  }));
}

function wordTable(words: readonly PronouncedWord[]): string {
  const columns = ['word', 'phonemes', 'from', 'probability'].map((title) => ({ title }));
  const rows = words.flatMap(({ word, pronunciations }) =>
    pronunciations.length === 0
      ? [[word, 'nothing in it can be said', '', '']]
      : pronunciations.map(({ phonemes, source, probability }, i) => [
          i === 0 ? word : '',
          phonemes,
          source,
          probability.toFixed(2),
        ]),
  );
  return plainTable(columns, rows);
}
