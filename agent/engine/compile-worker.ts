import { constants, getPriority, setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { loadSettingsCompiler } from './load-decoder-resources.ts';
import { packTexts, textBuffersOf } from './packed-texts.ts';
import { type CompileReply, type CompileRequest, type CompileSetup, encodeError } from './worker-protocol.ts';

/** By so much less urgent than the streams. */
const LOWER_BY = 5;

/** The entry of the thread that compiles the texts of settings. */
function serve(port: MessagePort, { bundle, pronunciations }: CompileSetup): void {
  yieldToStreams();
  const compiler = loadSettingsCompiler(bundle, pronunciations);
  port.on('message', (texts: CompileRequest) => {
    const post = (reply: CompileReply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
    try {
      const packed = packTexts(compiler.compile(texts));
      post({ type: 'compiled', packed }, textBuffersOf(packed));
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
    // a sandbox may refuse it: then this is as urgent as streams
  }
}

const port = parentPort;
if (!port) throw new Error('compile-worker runs in a worker thread only');
serve(port, workerData as CompileSetup);
