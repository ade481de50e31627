import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Hotword, parseHotword } from '../decoder/hotword.ts';
import type { StreamOptions } from '../engine/speech-engine.ts';
import { AgentError } from '../errors.ts';
import { collectTexts } from './option-parsers.ts';

/** The options of `addHotwordOptions`. */
export interface HotwordOptionValues {
  readonly hotword?: readonly string[];
  readonly hotwordsFile?: string;
}

/** `--hotword TEXT[:BOOST]` and `--hotwords-file FILE` of the commands that recognize. */
export function addHotwordOptions(command: Command): void {
  command
    .option(
      '--hotword <text[:boost]>',
      'a word or phrase that dictation hears more readily; may be repeated',
      collectTexts,
    )
    .option('--hotwords-file <file>', 'the same, one a line; # begins a comment');
}

/**
 * The hotwords that were given; nothing when none were.
 * @throws AgentError HOTWORD_INVALID when the file can not be read
 */
export async function hotwordsOf({
  hotword = [],
  hotwordsFile,
}: HotwordOptionValues): Promise<Pick<StreamOptions, 'hotwords'>> {
  const listed = hotwordsFile === undefined ? [] : await readHotwords(hotwordsFile);
  const hotwords = [...hotword.map(parseHotword), ...listed];
  return hotwords.length === 0 ? {} : { hotwords };
}

async function readHotwords(file: string): Promise<Hotword[]> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    const message = `Can not read the hotwords ${file}: ${cause.message}`;
    throw new AgentError('HOTWORD_INVALID', message, { cause });
  });
  const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, '').trim());
  return lines.filter((line) => line !== '').map(parseHotword);
}
