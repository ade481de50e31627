import { existsSync } from 'node:fs';
import type { z } from 'zod';
import { closestWord } from './closest-word.ts';
import { type Config, configSchema } from './config.ts';
import { readConfigFile } from './config-file.ts';
import { AgentError } from './errors.ts';
import { noteGiven } from './given-settings.ts';
import { serviceLinks } from './service-links.ts';
import type { NotifyEnvironment } from './service-notifier.ts';
import { displayValue, findSetting, isSection, parseSettingText, SETTINGS, sectionOf } from './settings.ts';

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** A setting given on the command line: `flag` as the user typed it, for messages. */
export interface FlagSetting {
  readonly flag: string;
  readonly key: string;
  readonly text: string;
}

export interface ConfigRequest {
  /**
   * File of `--config`; else `EARSHOT_CONFIG`, unless it is empty; else `earshot.yaml` in the working directory when it
   * exists.
   */
  readonly file?: string | undefined;
  readonly flags?: readonly FlagSetting[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** Origin of every setting, by key. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The configuration file that was read, or null. */
  readonly file: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin;
}

const FILE_VARIABLE = 'EARSHOT_CONFIG';
const DEFAULT_FILE = 'earshot.yaml';

/**
 * The configuration: defaults, then the file, then `EARSHOT_…` variables, then flags; the later wins.
 * @throws {AgentError} `CONFIG_INVALID`, listing every fault with the key, where it came from, what was
 * expected and what was got.
 */
export function loadConfig(
  request: ConfigRequest = {},
  // biome-ignore lint/style/noProcessEnv: this is the one place that reads the environment
  environment: Environment = process.env,
): LoadedConfig {
  const file = request.file ?? fileWithoutFlag(environment);
  const entries = [
    ...(file === null ? [] : fileEntries(file)),
    ...environmentEntries(environment),
    ...(request.flags ?? []).map(flagEntry),
  ];
  const origins = new Map<string, Origin>(SETTINGS.map(({ key }) => [key, { kind: 'default' }]));
  const unknown = entries.filter(({ key }) => findSetting(key) === undefined);
  const values = new Map<string, unknown>();
  for (const { key, value, origin } of entries) {
    values.set(key, value);
    origins.set(key, origin);
  }
  const parsed = configSchema.safeParse(nest(values));
  const faults = [
    ...unknown.map(describeUnknown),
    ...(parsed.error?.issues ?? []).flatMap((issue) => describeIssue(issue, values, origins)),
  ];
  if (faults.length > 0 || !parsed.success) throw new AgentError('CONFIG_INVALID', faults.join('\n'));
  for (const key of values.keys()) noteGiven(...sectionOf(parsed.data, key), true);
  return { config: parsed.data, origins, file };
}

/** What systemd tells a service about itself. */
export function notifyEnvironment(
  // biome-ignore lint/style/noProcessEnv: this is the one file that reads the environment
  environment: Environment = process.env,
): NotifyEnvironment {
  return { socket: environment['NOTIFY_SOCKET'], watchdogUsec: environment['WATCHDOG_USEC'] };
}

/** What the programs that Earshot starts inherit. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  // biome-ignore lint/style/noProcessEnv: this is the one file that reads the environment
  return process.env;
}

/** An origin in words: `earshot.yaml:12`, `EARSHOT_SERVER_PORT`, `--port`, `default`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.path}:${origin.line}`;
    case 'environment':
      return origin.variable;
    case 'flag':
      return origin.flag;
  }
}

function fileWithoutFlag(environment: Environment): string | null {
  const named = environment[FILE_VARIABLE] ?? '';
  if (named !== '') return named; // empty is what docker-compose makes of a variable that is not set
  return existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null;
}

function fileEntries(path: string): Entry[] {
  return readConfigFile(path).map(({ key, value, line }) => ({
    key,
    value,
    origin: { kind: 'file', path, line },
  }));
}

function environmentEntries(environment: Environment): Entry[] {
  const entries: Entry[] = [];
  const links = serviceLinks(environment);
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('EARSHOT_') || variable === FILE_VARIABLE || text === undefined) continue;
    const setting = SETTINGS.find((candidate) => candidate.variable === variable);
    if (links.isAddress(variable) || (setting === undefined && links.has(variable))) continue;
    const value = setting === undefined ? text : parseSettingText(setting, text);
    entries.push({ key: setting?.key ?? variable, value, origin: { kind: 'environment', variable } });
  }
  return entries;
}

function flagEntry({ flag, key, text }: FlagSetting): Entry {
  const setting = findSetting(key);
  const value = setting === undefined ? text : parseSettingText(setting, text);
  return { key, value, origin: { kind: 'flag', flag } };
}

function nest(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    if (findSetting(key) === undefined) continue;
    const path = key.split('.');
    const leaf = path.pop() as string;
    let node = root;
    for (const name of path) {
      node[name] ??= {};
      node = node[name] as Record<string, unknown>;
    }
    node[leaf] = value;
  }
  return root;
}

function describeUnknown({ key, origin }: Entry): string {
  const isVariable = origin.kind === 'environment';
  const subject = isVariable ? key : `${key} (from ${describeOrigin(origin)})`;
  if (isSection(key)) return `${subject}: is a section; expected settings inside it`;
  const known = SETTINGS.map((setting) => (isVariable ? setting.variable : setting.key));
  const closest = closestWord(key, known);
  const hint = closest === null ? 'see `earshot config --reference`' : `did you mean ${closest}?`;
  return `${subject}: there is no such setting; ${hint}`;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  values: ReadonlyMap<string, unknown>,
  origins: ReadonlyMap<string, Origin>,
): string[] {
  const setting = SETTINGS.find(({ key }) => {
    const path = key.split('.');
    return path.every((name, index) => issue.path[index] === name);
  });
  if (setting === undefined) return [`${issue.path.join('.')}: ${issue.message}`];
  const { key, expected } = setting;
  const from = describeOrigin(origins.get(key) ?? { kind: 'default' });
  return [`${key} (from ${from}): expected ${expected}; got ${displayValue(setting, values.get(key))}`];
}
