declare module 'node-record-lpcm16' {
  import type { ChildProcess } from 'node:child_process';
  import type { Readable } from 'node:stream';

  export interface Recording {
    readonly process: ChildProcess;
    stream(): Readable;
  }

  /**
   * Starts the program at once. `recorder` is the path of a CommonJS module that gets these options and returns
   * `{ cmd, args, spawnOptions }`; other options are handed to it.
   */
  function record(options: { recorder: string } & Record<string, unknown>): Recording;

  const library: { readonly record: typeof record };

  // biome-ignore lint/style/noDefaultExport: a CommonJS module
  export { library as default };
}
