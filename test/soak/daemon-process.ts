import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Runs in the daemon before its own code: collects garbage when told to, says when that is done, and ends with who started it. */
const COLLECTOR = `
  process.on('message', () => { gc(); process.send?.('collected'); });
  process.on('disconnect', () => process.kill(process.pid));
  process.channel?.unref(); // a worker thread has none
`;

/** What a scrape says about the state of the process. */
export interface Sample {
  /** Minutes since the start of the measurement. */
  readonly minutes: number;
  readonly rssMiB: number;
  /** Of the main thread, right after a full collection. */
  readonly heapMiB: number;
  readonly fileDescriptors: number;
  readonly cpuSeconds: number;
}

/** The built daemon as a process of its own, looked at from outside. */
export class DaemonProcess {
  /** `http://127.0.0.1:PORT` */
  readonly httpUrl: string;
  readonly process: ChildProcess;
  readonly #begin = performance.now();

  private constructor(process: ChildProcess, httpUrl: string) {
    this.process = process;
    this.httpUrl = httpUrl;
  }

  /** `args`: flags of `serve`; `env`: the whole environment. */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv): Promise<DaemonProcess> {
    const node = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(COLLECTOR)}`];
    const flags = [...node, 'dist/agent/main.js', 'serve', '--port', '0', ...args];
    const child = spawn(process.execPath, flags, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    for await (const line of createInterface({ input: child.stderr! })) {
      const { msg, page } = JSON.parse(line) as { msg: string; page: string };
      if (msg !== 'ready') continue;
      child.stderr?.resume();
      return new DaemonProcess(child, page.replace(/\/$/, ''));
    }
    throw new Error('The daemon ended before it was ready; is the tree built (npm run build)?');
  }

  /** `ws://127.0.0.1:PORT` */
  get url(): string {
    return this.httpUrl.replace('http', 'ws');
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  async metrics(): Promise<string> {
    return await (await fetch(`${this.httpUrl}/metrics`)).text();
  }

  async sample(): Promise<Sample> {
    const collected = once(this.process, 'message');
    this.process.send('collect');
    await collected;
    const text = await this.metrics();
    return {
      minutes: (performance.now() - this.#begin) / 60_000,
      rssMiB: metricValue(text, 'process_resident_memory_bytes') / 2 ** 20,
      heapMiB: metricValue(text, 'nodejs_heap_size_used_bytes') / 2 ** 20,
      fileDescriptors: metricValue(text, 'process_open_fds'),
      cpuSeconds: metricValue(text, 'process_cpu_seconds_total'),
    };
  }

  stop(): void {
    this.process.kill('SIGTERM');
  }
}

/** Sum of a metric over all its labels. */
export function metricValue(metrics: string, name: string): number {
  const lines = [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
  return lines.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Least-squares slope of y over x. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const covariance = points.reduce((sum, { x, y }) => sum + (x - x0) * (y - y0), 0);
  return covariance / points.reduce((sum, { x }) => sum + (x - x0) ** 2, 0);
}
