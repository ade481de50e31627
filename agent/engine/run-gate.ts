/** Cells of the shared memory. */
const CLOSED = 0;
const RUNNING = 1;

/**
 * Keeps a thread from being stopped inside of ONNX Runtime. Node stops worker threads at `process.exit()`, after
 * an uncaught exception and at `terminate()` wherever they are; inside of the native binding that aborts the whole
 * process ("terminate called after throwing an instance of 'Napi::Error'"). The worker passes the gate around every
 * native call; whoever is about to stop it closes the gate first, which waits for the call that is under way.
 */
export class RunGate {
  /** What the two threads share. */
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  /** Without `memory` a new, open gate. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** In the worker, before a native call; when false, the thread is about to be stopped and must not call. */
  enter(): boolean {
    Atomics.store(this.#cells, RUNNING, 1);
    if (Atomics.load(this.#cells, CLOSED) === 0) return true;
    this.leave();
    return false;
  }

  /** In the worker, after the call. */
  leave(): void {
    Atomics.store(this.#cells, RUNNING, 0);
    Atomics.notify(this.#cells, RUNNING);
  }

  /** In the main thread: lets no call begin any more and blocks until the one under way is over, or `timeoutMs`. */
  close(timeoutMs: number): void {
    Atomics.store(this.#cells, CLOSED, 1);
    Atomics.wait(this.#cells, RUNNING, 1, timeoutMs);
  }
}
