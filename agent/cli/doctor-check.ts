/** What was looked at, how it is, and what mends it. */
export interface Check {
  readonly name: string;
  /**
   * `warning`: Earshot works, but not as well as it could, or not all of it. `unused`: does not work, and nothing
   * that is configured asks for it.
   */
  readonly status: 'ok' | 'unused' | 'warning' | 'failed';
  readonly detail: string;
  /** A command, or what to do. */
  readonly mend?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

/** `needed`: without it what is configured does not work. */
export function notOk(
  name: string,
  { needed, detail, mend }: { needed: boolean; detail: string; mend?: string },
): Check {
  return { name, status: needed ? 'failed' : 'warning', detail, ...(mend === undefined ? {} : { mend }) };
}
