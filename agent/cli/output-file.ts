import { constants } from 'node:fs';
import { access, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentError } from '../errors.ts';

type Cause = Pick<NodeJS.ErrnoException, 'code' | 'message'>;

const PERMISSION = 'Give a path that this user may write to.';
const ROOM = 'Make room, or give a path on another disk.';
const NO_FOLDER = 'A file is where a folder must be: give another path.';

/** What to do, by the code of the system's error. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'Give a path in a folder that exists.',
  EISDIR: 'Give the path of a file.',
  EEXIST: NO_FOLDER,
  ENOTDIR: NO_FOLDER,
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  EROFS: PERMISSION,
  ENOSPC: ROOM,
  EDQUOT: ROOM,
};

/** `where`: a path in quotes, or what else is written to. */
export function unwritable(where: string, cause: Cause, advice = adviceOn(cause)): AgentError {
  return new AgentError('OUTPUT_UNWRITABLE', `Can not write ${where} (${cause.message}). ${advice}`, {
    cause,
  });
}

/**
 * Looks whether a file can be written later, before work that would be in vain. Creates and changes nothing.
 * @throws {AgentError} `OUTPUT_UNWRITABLE`
 */
export async function checkOutputFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() || /[/\\]$/.test(path)) {
    throw unwritable(quoted(path), { code: 'EISDIR', message: 'it is a folder' });
  }
  if (path === '') throw unwritable(quoted(path), { code: 'EISDIR', message: 'it is empty' });
  await mapped(path, found === null ? accessFolder(dirname(path)) : access(path, constants.W_OK));
}

/**
 * Makes a folder for output, where there is none, and looks whether files can be written in it.
 * @throws {AgentError} `OUTPUT_UNWRITABLE`
 */
export async function openOutputFolder(path: string): Promise<void> {
  await mapped(path, mkdir(path, { recursive: true }));
  await mapped(path, accessFolder(path));
}

/** @throws {AgentError} `OUTPUT_UNWRITABLE` */
export async function writeOutputFile(path: string, text: string): Promise<void> {
  await mapped(path, writeFile(path, text));
}

function adviceOn({ code = '' }: Cause): string {
  return ADVICE[code] ?? 'Give another path.';
}

/** The dot makes it an error that there is a file. */
function accessFolder(path: string): Promise<void> {
  return access(`${path}/.`, constants.W_OK | constants.X_OK);
}

async function mapped(path: string, task: Promise<unknown>): Promise<void> {
  await task.catch((cause: Cause) => {
    throw unwritable(quoted(path), cause);
  });
}

function quoted(path: string): string {
  return JSON.stringify(path);
}
