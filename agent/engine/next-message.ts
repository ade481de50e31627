import type { Worker } from 'node:worker_threads';

/**
 * The next message of a thread. Rejects with what `broken` makes of the reason why none will come: the error of the thread, or null
 * where it ended without a word.
 */
export function nextMessage<Message>(
  worker: Worker,
  broken: (cause: Error | null) => Error,
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const done = () => {
      worker.off('message', onMessage).off('error', onError).off('messageerror', onError).off('exit', onExit);
    };
    const onMessage = (message: Message) => {
      done();
      resolve(message);
    };
    const onError = (error: Error) => {
      done();
      reject(broken(error));
    };
    const onExit = () => {
      done();
      reject(broken(null));
    };
    worker.on('message', onMessage).on('error', onError).on('messageerror', onError).on('exit', onExit);
  });
}
