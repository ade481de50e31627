import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import { AgentError } from '../errors.ts';
import type { FrontendParams } from '../frontend/frontend-params.ts';
import {
  type BundleDescription,
  bundleSchema,
  type HeadDescription,
  type Precision,
} from './bundle-schema.ts';
import { checkFrontend } from './frontend-check.ts';

/** One output of the model with its tokens. */
export interface Head extends HeadDescription {
  /** The tokens file: one token a line, the line number is the id. */
  readonly tokensText: string;
  /** Size of a row of log-probabilities. */
  readonly tokenCount: number;
}

/** A file of the bundle that the decoders use; its memory is shared by all workers. */
export interface DecoderFile {
  /** As it is named in error messages. */
  readonly path: string;
  readonly bytes: SharedArrayBuffer;
}

/** A model bundle as it was found on disk and checked. Immutable, plain data: it can be sent to a worker. */
export interface Bundle {
  /** Folder, as it was given. */
  readonly folder: string;
  readonly description: BundleDescription;
  readonly frontend: FrontendParams;
  /** In the order of `model.json`. */
  readonly heads: readonly Head[];
  readonly languageModel: DecoderFile | null;
  readonly lexicon: DecoderFile | null;
  readonly letterToSound: DecoderFile | null;
}

/**
 * Reads a bundle's `model.json` and token files and checks them. The model files are checked by
 * `verifyModelFile`, because only the one that will run needs to be there.
 * @throws AgentError MODEL_MISSING, MODEL_INVALID or MODEL_FRONTEND, naming the file and the field
 */
export async function loadBundle(folder: string): Promise<Bundle> {
  const description = parseDescription(folder, await readBundleText(folder, 'model.json', 'the bundle'));
  const frontend = checkFrontend(description, join(folder, 'model.json'));
  const heads = await Promise.all(description.heads.map((head, index) => readHead(folder, head, index)));
  const [languageModel, lexicon, letterToSound] = await Promise.all([
    readDecoderFile(folder, description, 'languageModel'),
    readDecoderFile(folder, description, 'lexicon'),
    readDecoderFile(folder, description, 'letterToSound'),
  ]);
  return { folder, description, frontend, heads, languageModel, lexicon, letterToSound };
}

/**
 * Path of the model file of one precision, after comparing its SHA-256 with the one in `model.json`.
 * @throws AgentError MODEL_MISSING or MODEL_HASH
 */
export async function verifyModelFile(bundle: Bundle, precision: Precision): Promise<string> {
  const file = bundle.description.files[precision];
  if (!file) {
    const present = Object.keys(bundle.description.files).join(', ');
    throw new AgentError(
      'MODEL_MISSING',
      `The bundle ${bundle.folder} has no ${precision} file (files.${precision} in model.json); it has ${present}.`,
    );
  }
  const path = join(bundle.folder, file.path);
  const got = await sha256(path, `files.${precision}.path`);
  if (got !== file.sha256) {
    throw new AgentError(
      'MODEL_HASH',
      `${path} is damaged or was replaced: files.${precision}.sha256 in model.json is ${file.sha256}, the file has ${got}. Get the bundle again.`,
      { fields: { path, expected: file.sha256, got } },
    );
  }
  return path;
}

function parseDescription(folder: string, text: string): BundleDescription {
  const path = join(folder, 'model.json');
  const result = bundleSchema.safeParse(parseJson(path, text), { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(describeIssue).join('; ');
  throw invalid(`${path}: ${problems}`, result.error);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`${path} is not JSON: ${String(cause)}`, cause);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.') || 'the whole file';
  const got = issue.input === undefined ? '' : `, got ${JSON.stringify(issue.input).slice(0, 80)}`;
  return `${field}: ${issue.message}${issue.code === 'unrecognized_keys' ? '' : got}`;
}

/** What the tokens mean is the decoder's business; here only their number matters. */
async function readHead(folder: string, head: HeadDescription, index: number): Promise<Head> {
  const tokensText = await readBundleText(folder, head.tokens, `heads.${index}.tokens`);
  const tokenCount = tokensText.replace(/\n$/, '').split('\n').length;
  return { ...head, tokensText, tokenCount };
}

async function readBundleText(folder: string, name: string, field: string): Promise<string> {
  const path = join(folder, name);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw missing(path, field, error);
  }
}

async function readDecoderFile(
  folder: string,
  description: BundleDescription,
  field: 'languageModel' | 'lexicon' | 'letterToSound',
): Promise<DecoderFile | null> {
  const name = description[field];
  if (name === null) return null;
  const path = join(folder, name);
  try {
    return { path, bytes: await readShared(path) };
  } catch (error) {
    throw missing(path, field, error);
  }
}

/** Reads a file into the memory that the workers share, without a copy beside it that would stay until it is collected. */
async function readShared(path: string): Promise<SharedArrayBuffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new SharedArrayBuffer(size);
    const view = new Uint8Array(bytes);
    for (let read = 0; read < size; ) {
      const { bytesRead } = await file.read(view, read, size - read, read);
      if (bytesRead === 0) throw new Error(`the file ended after ${read} of ${size} bytes`);
      read += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

async function sha256(path: string, field: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  } catch (error) {
    throw missing(path, field, error);
  }
  return hash.digest('hex');
}

function invalid(message: string, cause?: unknown): AgentError {
  return new AgentError('MODEL_INVALID', message, { cause });
}

function missing(path: string, field: string, cause: unknown): AgentError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new AgentError(
    'MODEL_MISSING',
    `${path} can not be read (${reason}); it is needed for ${field}. Set model.path to the folder of a model bundle.`,
    { cause, fields: { path } },
  );
}
