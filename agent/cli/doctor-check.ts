import { toAgentError } from '../errors.ts';

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

/** The daemon would refuse to start with `error`. */
export function failed(name: string, error: unknown, mend: string): Check {
  const { code, message } = toAgentError(error);
  return notOk(name, { needed: true, detail: `${code}: ${message}`, mend });
}
