import type { Config } from './config.ts';
import { PACKAGE_VERSION } from './package-info.ts';
import type { Protocol } from './server/protocols/protocol.ts';
import { wyomingProtocol } from './server/protocols/wyoming.ts';
import { configuredPhrases } from './wake-phrases.ts';

/** What the server needs to listen for Wyoming clients; null unless it is to. */
export function wyomingService(
  config: Config['wyoming'],
): { readonly config: Config['wyoming']; readonly protocol: Protocol } | null {
  if (!config.enabled) return null;
  const { findsEnd, wakePhrases } = config;
  const offer = { version: PACKAGE_VERSION, findsEnd, wakePhrases: configuredPhrases(wakePhrases) };
  return { config, protocol: wyomingProtocol(offer) };
}
