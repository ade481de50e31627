import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { OnnxAcousticModel } from '../acoustic/onnx-acoustic-model.ts';
import { loadDecoderResources } from './load-decoder-resources.ts';
import { RunGate } from './run-gate.ts';
import { withoutCompiling } from './without-compiling.ts';
import { WorkerEngine } from './worker-engine.ts';
import { encodeError, type WorkerReply, type WorkerRequest, type WorkerSetup } from './worker-protocol.ts';

/** The entry of an engine worker. An error that is not caught here ends the worker; the main thread sees it. */
async function serve(port: MessagePort, setup: WorkerSetup): Promise<void> {
  const post = (reply: WorkerReply) => port.postMessage(reply);
  const gate = new RunGate(setup.gate);
  if (!gate.enter()) return;
  const model = await OnnxAcousticModel.load(setup.bundle, setup.model).finally(() => gate.leave());
  const resources = loadDecoderResources(setup.bundle, setup.lexiconTree, setup.pronunciations);
  const engine = new WorkerEngine(model, withoutCompiling(resources), { gate, post });
  port.on('message', (request: WorkerRequest) => {
    if (request.type !== 'shutdown') {
      engine.handle(request);
      return;
    }
    void engine.close().then(async () => {
      port.close();
      if (gate.enter()) await model.release().finally(() => gate.leave());
    });
  });
  post({ type: 'ready', placement: model.placement });
}

const port = parentPort;
if (!port) throw new Error('engine-worker runs in a worker thread only');
await serve(port, workerData as WorkerSetup).catch((error: unknown) => {
  port.postMessage({ type: 'refused', error: encodeError(error) } satisfies WorkerReply);
});
