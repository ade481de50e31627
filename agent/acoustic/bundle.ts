import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
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

/** One output of the model and the texts of its tokens. */
export interface Head extends HeadDescription {
  /** Text of each token; the index is the id. */
  readonly tokenTexts: readonly string[];
}

/** A model bundle as it was found on disk and checked. Immutable, plain data: it can be sent to a worker. */
export interface Bundle {
  /** Folder, as it was given. */
  readonly folder: string;
  readonly description: BundleDescription;
  readonly frontend: FrontendParams;
  /** In the order of `model.json`. */
  readonly heads: readonly Head[];
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
  return { folder, description, frontend, heads };
}

/** The head that `decoder.head` names. */
export function decoderHead(bundle: Bundle): Head {
  const head = bundle.heads.find(({ name }) => name === bundle.description.decoder.head);
  if (!head) throw new AgentError('INTERNAL', `The bundle has no head ${bundle.description.decoder.head}.`);
  return head;
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
  throw new AgentError('MODEL_INVALID', `${path}: ${problems}`, { cause: result.error });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AgentError('MODEL_INVALID', `${path} is not JSON: ${String(cause)}`, { cause });
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.') || 'the whole file';
  const got = issue.input === undefined ? '' : `, got ${JSON.stringify(issue.input).slice(0, 80)}`;
  return `${field}: ${issue.message}${issue.code === 'unrecognized_keys' ? '' : got}`;
}

async function readHead(folder: string, head: HeadDescription, index: number): Promise<Head> {
  const text = await readBundleText(folder, head.tokens, `heads.${index}.tokens`);
  const tokenTexts = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const path = join(folder, head.tokens);
  const invalid = (message: string) => new AgentError('MODEL_INVALID', `${path}: ${message}`);
  if (head.blank >= tokenTexts.length) {
    throw invalid(`heads.${index}.blank is ${head.blank}, but the file has ${tokenTexts.length} tokens`);
  }
  const doubled = tokenTexts.findIndex((token, line) => token === '' || tokenTexts.indexOf(token) < line);
  if (doubled >= 0)
    throw invalid(`line ${doubled + 1} is empty or repeats a token: "${tokenTexts[doubled]}"`);
  if (head.wordBoundary !== null && !tokenTexts.includes(head.wordBoundary)) {
    throw invalid(`the word boundary "${head.wordBoundary}" of heads.${index} is not among the tokens`);
  }
  return { ...head, tokenTexts };
}

async function readBundleText(folder: string, name: string, field: string): Promise<string> {
  const path = join(folder, name);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw missing(path, field, error);
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

function missing(path: string, field: string, cause: unknown): AgentError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new AgentError(
    'MODEL_MISSING',
    `${path} can not be read (${reason}); it is needed for ${field}. Set model.path to the folder of a model bundle.`,
    { cause, fields: { path } },
  );
}
