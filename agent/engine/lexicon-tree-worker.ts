import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Bundle } from '../acoustic/bundle.ts';
import { shareLexiconTree } from './load-decoder-resources.ts';
import { encodeError, type TreeReply } from './worker-protocol.ts';

/** The entry of the thread that builds a lexicon tree. */
function build(port: MessagePort, bundle: Bundle): void {
  const post = (reply: TreeReply) => port.postMessage(reply);
  try {
    post({ tree: shareLexiconTree(bundle) });
  } catch (error) {
    post({ error: encodeError(error) });
  }
}

const port = parentPort;
if (!port) throw new Error('lexicon-tree-worker runs in a worker thread only');
build(port, (workerData as { readonly bundle: Bundle }).bundle);
