import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { loadCommandCompiler } from './load-decoder-resources.ts';
import { buffersOf, packCommands } from './packed-commands.ts';
import { type CompileReply, type CompileRequest, type CompileSetup, encodeError } from './worker-protocol.ts';

/** Streams go first: a thread of Linux has a priority of its own. Elsewhere it would be that of the process. */
const LOWER_PRIORITY = 5;

/** The entry of the thread that compiles grammars. */
function serve(port: MessagePort, { bundle, pronunciations }: CompileSetup): void {
  if (process.platform === 'linux') setPriority(LOWER_PRIORITY);
  const compiler = loadCommandCompiler(bundle, pronunciations);
  port.on('message', (task: CompileRequest) => {
    const post = (reply: CompileReply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
    try {
      const compiled =
        task.type === 'phrases' ? compiler.compilePhrases(task) : compiler.compile(task.grammars);
      const packed = packCommands(compiled);
      post({ type: 'compiled', packed }, buffersOf(packed));
    } catch (error) {
      post({ type: 'refused', error: encodeError(error) });
    }
  });
  port.postMessage({ type: 'ready' } satisfies CompileReply);
}

const port = parentPort;
if (!port) throw new Error('compile-worker runs in a worker thread only');
serve(port, workerData as CompileSetup);
