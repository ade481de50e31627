import type { Command } from 'commander';
import { describeOrigin, type LoadedConfig } from '../config-load.ts';
import { renderConfigReference } from '../config-reference.ts';
import { displayValue, SETTINGS, type Setting, sectionOf } from '../settings.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { printLine } from './terminal.ts';

interface ConfigOptions {
  readonly reference?: true;
  readonly json?: true;
}

/** `earshot config`: the effective values and where each came from, or the reference of all settings. */
export function registerConfig(program: Command): void {
  const command = program
    .command('config')
    .description('show the effective configuration and where each value came from')
    .option('--reference', 'print the reference of all settings as Markdown')
    .option('--json', 'print JSON')
    .action((options: ConfigOptions) => {
      printLine(options.reference === true ? renderConfigReference() : renderEffective(command, options));
    });
  addConfigOptions(command);
}

function renderEffective(command: Command, options: ConfigOptions): string {
  const loaded = configFromOptions(command);
  return options.json === true ? renderJson(loaded) : renderTable(loaded);
}

function effectiveValue({ config }: LoadedConfig, { key }: Setting): unknown {
  const [section, name] = sectionOf(config, key);
  return section[name];
}

function originOf({ origins }: LoadedConfig, { key }: Setting): string {
  return describeOrigin(origins.get(key) ?? { kind: 'default' });
}

function renderJson(loaded: LoadedConfig): string {
  const settings = SETTINGS.map((setting) => {
    const value = effectiveValue(loaded, setting);
    const shown = setting.secret && value !== '' ? displayValue(setting, value) : value;
    return [setting.key, { value: shown, origin: originOf(loaded, setting) }];
  });
  return JSON.stringify({ file: loaded.file, settings: Object.fromEntries(settings) }, null, 2);
}

function renderTable(loaded: LoadedConfig): string {
  const rows = SETTINGS.map((setting) => [
    setting.key,
    displayValue(setting, effectiveValue(loaded, setting)),
    originOf(loaded, setting),
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [`file: ${loaded.file ?? 'none'}`, '', ...lines].join('\n');
}
