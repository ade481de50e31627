import type { Worker } from 'node:worker_threads';
import type { Bundle } from '../acoustic/bundle.ts';
import type { LexiconTreeArrays } from '../decoder/lexicon-tree.ts';
import { AgentError } from '../errors.ts';
import { nextMessage } from './next-message.ts';
import { startTreeWorker } from './start-worker.ts';
import { decodeError, type TreeReply } from './worker-protocol.ts';

/**
 * What `shareLexiconTree` makes of a bundle, made by a thread of its own: a big lexicon takes half a second, in which
 * the main thread would serve nobody, also when the model of a running daemon is exchanged.
 * @param start starts the thread; tests hand in their own
 * @throws AgentError LANGUAGE_MODEL_INVALID or LEXICON_INVALID, or ENGINE_FAILED when the thread ends without an answer
 */
export async function lexiconTreeOf(
  bundle: Bundle,
  start: (bundle: Bundle) => Worker = startTreeWorker,
): Promise<LexiconTreeArrays | null> {
  if (bundle.lexicon === null || bundle.languageModel === null) return null;
  const reply = await nextMessage<TreeReply>(start(bundle), broken);
  if ('error' in reply) throw decodeError(reply.error);
  return reply.tree;
}

function broken(cause: Error | null): AgentError {
  const got = cause?.message ?? 'it ended without a word';
  const message = `Expected a lexicon tree of the thread that builds it; got none: ${got}. Is there memory left?`;
  return new AgentError('ENGINE_FAILED', message, { cause });
}
