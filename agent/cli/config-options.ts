import { type Command, Option } from 'commander';
import { type FlagSetting, type LoadedConfig, loadConfig } from '../config-load.ts';
import { AgentError } from '../errors.ts';
import { findSetting } from '../settings.ts';
import { collectTexts } from './option-parsers.ts';

/** Flags that stand for one setting; every other setting is reached by `--set`. */
const DEDICATED = [
  { flags: '--model <folder>', key: 'model.path' },
  { flags: '--provider <list>', key: 'model.providers' },
  { flags: '--host <address>', key: 'server.host' },
  { flags: '--port <number>', key: 'server.port' },
  { flags: '--device <name>', key: 'microphone.device' },
  { flags: '--source <file>', key: 'microphone.source' },
  { flags: '--loop', key: 'microphone.loop', text: 'true' },
  { flags: '--no-microphone', key: 'microphone.enabled', text: 'false', help: 'Do not open a microphone.' },
  { flags: '--log-level <level>', key: 'log.level' },
] as const;

/** Settings with a flag of their own. */
export type FlagKey = (typeof DEDICATED)[number]['key'];

/** Adds `--config`, `--set` and the dedicated flags to a command, all of them or those of `keys`. */
export function addConfigOptions(
  command: Command,
  keys: readonly FlagKey[] = DEDICATED.map(({ key }) => key),
): Command {
  command.option('--config <file>', 'configuration file (YAML); default: earshot.yaml when there is one');
  command.option(
    '--set <section.key=value>',
    'any setting of `earshot config --reference`; may be repeated',
    collectTexts,
    [],
  );
  for (const dedicated of DEDICATED.filter(({ key }) => keys.includes(key))) {
    const description = 'help' in dedicated ? dedicated.help : findSetting(dedicated.key)?.description;
    command.addOption(new Option(dedicated.flags, description));
  }
  return command;
}

/**
 * The configuration with the options of `command`, which had `addConfigOptions`.
 * @param known file that was read before, for one that is to be read again: when it is gone that is a fault
 * @throws {AgentError} `CONFIG_INVALID`, or `USAGE` for a `--set` without `=`.
 */
export function configFromOptions(command: Command, known: string | null = null): LoadedConfig {
  const { config: named, set } = command.opts<{ config?: string; set: string[] }>();
  const dedicated = DEDICATED.flatMap((candidate): FlagSetting[] => {
    const option = command.options.find(({ flags }) => flags === candidate.flags);
    if (option?.long == null) return [];
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return [];
    const text = 'text' in candidate ? candidate.text : String(command.getOptionValue(name));
    return [{ flag: option.long, key: candidate.key, text }];
  });
  return loadConfig({ file: named ?? known ?? undefined, flags: [...dedicated, ...set.map(settingOfPair)] });
}

/**
 * What `--set` stands for.
 * @throws {AgentError} `USAGE` without `=`
 */
export function settingOfPair(pair: string): FlagSetting {
  const equals = pair.indexOf('=');
  if (equals < 1)
    throw new AgentError(
      'USAGE',
      `--set expects section.key=value, for example server.port=2751; got ${pair}`,
    );
  return { flag: '--set', key: pair.slice(0, equals), text: pair.slice(equals + 1) };
}
