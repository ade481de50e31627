import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { GrammarText } from './decoder/command-graph.ts';
import type { CommandsTask } from './decoder/create-decoder.ts';
import { AgentError } from './errors.ts';

/**
 * Reads grammar files; a grammar is named after its file.
 * @throws AgentError GRAMMAR_INVALID when a file can not be read
 */
export async function readGrammarFiles(files: readonly string[]): Promise<GrammarText[]> {
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((cause: Error) => {
        throw new AgentError('GRAMMAR_INVALID', `Can not read the grammar ${file}: ${cause.message}`, {
          cause,
        });
      });
      return { name: basename(file, extname(file)), text };
    }),
  );
}

/** The task of a stream that listens for commands; nothing when no grammar was given. */
export async function grammarTask(files: readonly string[] = []): Promise<{ task?: CommandsTask }> {
  if (files.length === 0) return {};
  return { task: { type: 'commands', grammars: await readGrammarFiles(files) } };
}
