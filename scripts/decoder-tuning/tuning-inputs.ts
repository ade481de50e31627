import { dirname } from 'node:path';
import { refuseArguments } from '../script-arguments.ts';

/** Options of `parseArgs` that say which recordings of a manifest serve, and where they are. */
export const RECORDING_OPTIONS = {
  audio: { type: 'string' },
  split: { type: 'string', default: 'dev' },
} as const;

/** What a tuning script reads. */
export interface TuningInputs {
  /** Of the bundle. */
  readonly folder: string;
  readonly manifestPath: string;
  /** Of the recordings: that of the manifest, unless `--audio` names another. */
  readonly audioFolder: string;
}

/** Ends the process when a bundle or a manifest is missing. */
export function tuningInputs({
  positionals: [folder, manifestPath],
  values,
}: {
  readonly positionals: readonly string[];
  readonly values: { readonly audio?: string | undefined };
}): TuningInputs {
  if (folder === undefined || manifestPath === undefined) refuseArguments('expected a bundle and a manifest');
  return { folder, manifestPath, audioFolder: values.audio ?? dirname(manifestPath) };
}
