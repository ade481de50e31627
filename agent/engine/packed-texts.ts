import type { CompiledTexts } from '../decoder/settings-texts.ts';
import { buffersOf, type PackedCommands, packCommands, unpackCommands } from './packed-commands.ts';
import type { FreshTexts } from './settings-compiler.ts';

/** Compiled texts of settings as plain buffers, as `PackedCommands` are. */
export interface PackedTexts {
  readonly commands: PackedCommands | null;
  /** Hotwords and wake phrases, as JSON. */
  readonly names: Uint8Array<ArrayBuffer>;
}

export function packTexts({ commands, ...names }: FreshTexts): PackedTexts {
  return {
    commands: commands && packCommands(commands),
    names: new TextEncoder().encode(JSON.stringify(names)),
  };
}

export function unpackTexts({ commands, names }: PackedTexts): CompiledTexts {
  return { ...JSON.parse(new TextDecoder().decode(names)), commands: commands && unpackCommands(commands) };
}

/** What to transfer with them. */
export function textBuffersOf({ commands, names }: PackedTexts): ArrayBuffer[] {
  return [...(commands === null ? [] : buffersOf(commands)), names.buffer];
}

export function byteLengthOf(packed: PackedTexts): number {
  return textBuffersOf(packed).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
