import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { AgentError } from './errors.ts';
import { isSection } from './settings.ts';

/** A value of the file: its dotted key and the line on which it stands. */
export interface FileEntry {
  readonly key: string;
  readonly value: unknown;
  readonly line: number;
}

/** How a text in UTF-16 begins: PowerShell 5 writes it with `>`, and Notepad on demand. */
const UTF_16_MARKS = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)];

/**
 * Reads a YAML file into its values. Sections are opened, everything else is one value, known or not.
 * @throws {AgentError} `CONFIG_INVALID` when the file can not be read or is not YAML with a mapping on top.
 */
export function readConfigFile(path: string): FileEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const error = document.errors[0];
  if (error !== undefined) {
    const line = lines.linePos(error.pos[0]).line;
    const reason = error.message.split('\n')[0];
    throw new AgentError('CONFIG_INVALID', `${path}:${line} is not valid YAML: ${reason}`, { cause: error });
  }
  if (document.contents === null) return [];
  if (!isMap(document.contents)) {
    throw new AgentError(
      'CONFIG_INVALID',
      `${path}: expected sections such as "server:", got one plain value`,
    );
  }
  return [...entriesOf(document.contents, '', lines)];
}

function readText(path: string): string {
  const bytes = readBytes(path);
  if (UTF_16_MARKS.some((mark) => bytes.subarray(0, 2).equals(mark)))
    throw new AgentError('CONFIG_INVALID', `${path}: expected UTF-8, got UTF-16; save it as UTF-8`);
  return bytes.toString('utf8');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): AgentError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AgentError('CONFIG_INVALID', `The configuration file can not be read: ${reason}`, { cause });
}

function* entriesOf(node: Node, prefix: string, lines: LineCounter): Generator<FileEntry> {
  if (!isMap<Node, Node | null>(node)) return;
  for (const { key: keyNode, value: valueNode } of node.items) {
    const name = isScalar(keyNode) ? String(keyNode.value) : String(keyNode);
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const line = lines.linePos(keyNode.range?.[0] ?? 0).line;
    const isEmptySection = valueNode === null || (isScalar(valueNode) && valueNode.value === null);
    if (isSection(key) && (isMap(valueNode) || isEmptySection)) {
      if (valueNode !== null) yield* entriesOf(valueNode, key, lines);
    } else {
      yield { key, value: valueNode?.toJSON() ?? null, line };
    }
  }
}
