import { once } from 'node:events';
import type { Bundle } from '../acoustic/bundle.ts';
import type { LexiconTreeArrays } from '../decoder/lexicon-tree.ts';
import { startTreeWorker } from './start-worker.ts';
import { decodeError, type TreeReply } from './worker-protocol.ts';

/**
 * What `shareLexiconTree` makes of a bundle, made by a thread of its own: a big lexicon takes half a second, in which
 * the main thread would serve nobody, also when the model of a running daemon is exchanged.
 * @throws AgentError LANGUAGE_MODEL_INVALID or LEXICON_INVALID
 */
export async function lexiconTreeOf(bundle: Bundle): Promise<LexiconTreeArrays | null> {
  if (bundle.lexicon === null || bundle.languageModel === null) return null;
  const [reply] = (await once(startTreeWorker(bundle), 'message')) as [TreeReply];
  if ('error' in reply) throw decodeError(reply.error);
  return reply.tree;
}
