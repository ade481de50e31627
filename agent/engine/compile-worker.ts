import { constants, getPriority, setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { loadCommandCompiler } from './load-decoder-resources.ts';
import { buffersOf, packCommands } from './packed-commands.ts';
import { type CompileReply, type CompileRequest, type CompileSetup, encodeError } from './worker-protocol.ts';

/** By so much less urgent than the streams. */
const LOWER_BY = 5;

/** The entry of the thread that compiles grammars. */
function serve(port: MessagePort, { bundle, pronunciations }: CompileSetup): void {
  yieldToStreams();
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

/** A thread of Linux has a priority of its own; elsewhere it would be that of the process. */
function yieldToStreams(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + LOWER_BY));
  } catch {
    // a sandbox may refuse it: then grammars are as urgent as streams
  }
}

const port = parentPort;
if (!port) throw new Error('compile-worker runs in a worker thread only');
serve(port, workerData as CompileSetup);
