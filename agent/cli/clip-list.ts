import type { AgentError } from '../errors.ts';
import { toAgentError } from '../errors.ts';
import type { ManifestRow } from '../evaluation/manifest.ts';
import type { AudioFolder, LocatedAudio } from './audio-folder.ts';
import type { Clip, ClipDecoder } from './clip-decoder.ts';

/** A row of a manifest with its recording, or why that can not be had. */
export type ClipResult =
  | { readonly row: ManifestRow; readonly clip: Clip }
  | { readonly row: ManifestRow; readonly error: AgentError };

/** Recordings decoded at once, and at most as many again that wait decoded. */
const BATCH = 32;

/**
 * The recordings of `rows`, in their order. The next batch is decoded while the one before is being used; none is any more
 * when the reader has gone, so that the decoder can be closed.
 */
export async function* clipsOf(
  rows: readonly ManifestRow[],
  folder: AudioFolder,
  decoder: ClipDecoder,
): AsyncGenerator<ClipResult, void, void> {
  const batch = (start: number) => decodeBatch(rows.slice(start, start + BATCH), folder, decoder);
  let next = batch(0);
  try {
    for (let start = 0; start < rows.length; start += BATCH) {
      const results = await next;
      next = batch(start + BATCH);
      next.catch(() => {}); // awaited in the next round, unless the reader has gone
      yield* results;
    }
  } finally {
    await next.catch(() => {});
  }
}

async function decodeBatch(
  rows: readonly ManifestRow[],
  folder: AudioFolder,
  decoder: ClipDecoder,
): Promise<ClipResult[]> {
  const located = await Promise.all(rows.map((row) => locate(row, folder)));
  const found = located.flatMap((result) => ('audio' in result ? [result.audio] : []));
  const clips = (await decoder.decode(found)).values();
  return located.map((result) => {
    return 'audio' in result ? { row: result.row, clip: clips.next().value! } : result;
  });
}

async function locate(
  row: ManifestRow,
  folder: AudioFolder,
): Promise<{ row: ManifestRow; audio: LocatedAudio } | { row: ManifestRow; error: AgentError }> {
  try {
    return { row, audio: await folder.locate(row.file) };
  } catch (error) {
    return { row, error: toAgentError(error) };
  }
}
