import { z } from 'zod';
import { configSchema } from './config.ts';

/** The part of JSON Schema that zod produces for our settings. */
interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly const?: unknown;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly secret?: boolean;
  /** Instead of what the rest of the schema says, where that would be hard to read. */
  readonly expected?: string;
}

/** One setting of the configuration, as documentation, environment and flags see it. */
export interface Setting {
  /** Path in the configuration file, for example `server.maxClients`. */
  readonly key: string;
  /** Environment variable, for example `EARSHOT_SERVER_MAX_CLIENTS`. */
  readonly variable: string;
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'json';
  /** What values it takes, in words. */
  readonly expected: string;
  readonly default: unknown;
  readonly description: string;
  /** Its value is never shown. */
  readonly secret: boolean;
}

function listSettings(): readonly Setting[] {
  const root = z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
  return [...settingsUnder(root, [])];
}

/** Every setting, in the order of the schema. */
export const SETTINGS: readonly Setting[] = listSettings();

const BY_KEY = new Map(SETTINGS.map((setting) => [setting.key, setting]));

/** The setting with this key, or undefined. */
export function findSetting(key: string): Setting | undefined {
  return BY_KEY.get(key);
}

/** The section of a configuration that has the setting with this key, and its name there. */
export function sectionOf(config: object, key: string): [section: Record<string, unknown>, name: string] {
  const path = key.split('.');
  const name = path.pop()!;
  return [
    path.reduce((node, part) => node[part] as Record<string, unknown>, config as Record<string, unknown>),
    name,
  ];
}

/** Whether `key` is a group of settings, such as `server`. */
export function isSection(key: string): boolean {
  return key === '' || SETTINGS.some((setting) => setting.key.startsWith(`${key}.`));
}

/** How a value of a setting is shown to people; a secret only shows whether it is set. */
export function displayValue(setting: Setting, value: unknown): string {
  if (setting.secret && value !== '') return '(hidden)';
  return JSON.stringify(value) ?? String(value);
}

/** The value that a text from the environment or the command line stands for; unfit text stays text. */
export function parseSettingText(setting: Setting, text: string): unknown {
  switch (setting.type) {
    case 'string':
      return text;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text;
    case 'list':
      return parseList(text.trim());
    case 'json':
      return parseJson(text);
  }
}

/** `["one", "two"]` as well as `one, two`: some items have a comma in them, or are no texts. */
function parseList(text: string): unknown {
  if (text.startsWith('[')) return parseJson(text);
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the schema then says what it expected
  }
}

function* settingsUnder(node: SchemaNode, path: readonly string[]): Generator<Setting> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const childPath = [...path, name];
    if (child.properties !== undefined) yield* settingsUnder(child, childPath);
    else yield describeSetting(child, childPath);
  }
}

function describeSetting(node: SchemaNode, path: readonly string[]): Setting {
  return {
    key: path.join('.'),
    variable: ['EARSHOT', ...path.map(upperSnake)].join('_'),
    type: settingType(node),
    expected: describeExpected(node),
    default: node.default,
    description: node.description ?? '',
    secret: node.secret ?? false,
  };
}

function upperSnake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

function settingType(node: SchemaNode): Setting['type'] {
  switch (node.type) {
    case 'string':
    case 'boolean':
    case 'number':
      return node.type;
    case 'integer':
      return 'number';
    case 'array':
      return 'list';
    default:
      return 'json';
  }
}

function describeExpected(node: SchemaNode): string {
  if (node.expected !== undefined) return node.expected;
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  if (node.const !== undefined) return String(node.const);
  if (node.anyOf !== undefined) return node.anyOf.map(describeExpected).join(' or ');
  switch (node.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${describeRange(node)}`;
    case 'number':
      return `a number${describeRange(node)}`;
    case 'array':
      return `a list${(node.minItems ?? 0) > 0 ? ' (not empty)' : ''}, each ${describeExpected(node.items ?? {})}`;
    case 'string':
      return `a text${describeForm(node)}`;
    case 'object':
      return `an object of ${Object.keys(node.properties ?? {}).join(', ')}`;
    default:
      return 'a value of the documented form';
  }
}

function describeForm({ pattern, maxLength }: SchemaNode): string {
  if (pattern !== undefined) return ` that matches ${pattern}`;
  return maxLength === undefined ? '' : ` of at most ${maxLength} characters`;
}

function describeRange(node: SchemaNode): string {
  const bounds: string[] = [];
  if (node.exclusiveMinimum !== undefined) bounds.push(`above ${node.exclusiveMinimum}`);
  if (node.minimum !== undefined) bounds.push(`at least ${node.minimum}`);
  if (node.exclusiveMaximum !== undefined) bounds.push(`below ${node.exclusiveMaximum}`);
  if (node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER)
    bounds.push(`at most ${node.maximum}`);
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}
