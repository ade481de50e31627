import type { Config } from './config.ts';
import { isGiven, noteGiven } from './given-settings.ts';
import { SETTINGS, sectionOf } from './settings.ts';

/** When a new value of a setting takes effect. */
export type ReloadEffect = 'at once' | 'new sessions' | 'new streams' | 'restart';

/** What a reload did. Keys of settings, as `server.maxClients`. */
export interface ReloadResult {
  readonly applied: readonly string[];
  /** Changed in the file, but in effect only after a restart. */
  readonly needsRestart: readonly string[];
}

const AT_ONCE = [
  ...['server.token', 'server.tokensFile', 'server.allowedOrigins'],
  ...['server.shutdownTimeoutMs', 'server.drainMs'],
  ...['server.overload.queueAgeMs', 'server.overload.partialsQueueAgeMs'],
  ...['server.limits.clientsPerAddress'],
  ...['server.limits.addressAudioSecondsPerMinute', 'server.limits.addressAudioSecondsPerHour'],
  ...['server.limits.audioSecondsPerMinute', 'server.limits.audioSecondsPerHour'],
];
const NEW_SESSIONS = [
  ...['server.maxBadMessages', 'server.idleTimeoutMs', 'server.maxSessionMs', 'server.pingIntervalMs'],
  ...['server.sendBufferBytes', 'server.drainTimeoutMs'],
];
/** The sections of which each stream takes its settings when it begins. */
const NEW_STREAMS = ['endpoint.', 'transcript.'];

/** When a new value of the setting with this key takes effect. */
export function reloadEffect(key: string): ReloadEffect {
  if (AT_ONCE.includes(key)) return 'at once';
  if (NEW_SESSIONS.includes(key)) return 'new sessions';
  if (NEW_STREAMS.some((section) => key.startsWith(section))) return 'new streams';
  return 'restart';
}

/** Which settings differ, by whether a reload can change them. */
export function compareConfigs(current: Config, next: Config): ReloadResult {
  const changed = SETTINGS.map(({ key }) => key).filter(
    (key) => valueText(current, key) !== valueText(next, key),
  );
  return {
    applied: changed.filter((key) => reloadEffect(key) !== 'restart'),
    needsRestart: changed.filter((key) => reloadEffect(key) === 'restart'),
  };
}

/**
 * Writes the values of `next` into `current`, which all parts of the daemon share and read when they need a value:
 * so what a reload may change is exactly what is read late.
 */
export function applySettings(current: Config, next: Config, keys: readonly string[]): void {
  for (const key of keys) {
    const [section, name] = sectionOf(current, key);
    const [nextSection] = sectionOf(next, key);
    section[name] = nextSection[name];
    noteGiven(section, name, isGiven(nextSection, name));
  }
}

function valueText(config: Config, key: string): string | undefined {
  const [section, name] = sectionOf(config, key);
  return JSON.stringify(section[name]);
}
