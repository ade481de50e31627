import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Bundle } from '../acoustic/bundle.ts';
import type { BundleDescription, Precision } from '../acoustic/bundle-schema.ts';
import { lookAheadStepsOf, stepMsOf } from '../acoustic/step-length.ts';
import { AgentError, toAgentError } from '../errors.ts';
import { plainTable } from '../evaluation/table.ts';
import { modelBeside } from '../model-folder.ts';
import { resolvePackagePath } from '../package-info.ts';
import type { BundleDataFile } from './bundle-data.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { registerModelUse } from './model-use.ts';
import { printLine } from './terminal.ts';

interface ListedModel {
  readonly folder: string;
  readonly bundle: Bundle | null;
  readonly error: AgentError | null;
}

/** One file of a bundle against its checksum. */
interface VerifiedFile {
  /** A precision of the graph, or the field of model.json that names the file. */
  readonly file: Precision | BundleDataFile['field'];
  readonly path: string;
  readonly error: AgentError | null;
}

const HELP = `
A model is a folder with a model.json. A command takes the name of one beside the configured model, or a path; the
configured model unless given.

Examples:
  earshot models
  earshot models show en-small --json
  earshot models verify
  earshot models use en-small`;

/** `earshot models`: which there are, what one says of itself, whether its files are whole. */
export function registerModels(program: Command): void {
  const models = program
    .command('models')
    .description('list, show, verify and exchange models')
    .addHelpText('after', HELP);
  const list = models
    .command('list', { isDefault: true })
    .description('the models beside the configured one')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const configured = resolvePackagePath(configFromOptions(list).config.model.path);
      printModels(await findModels(dirname(configured)), configured, json ?? false);
    });
  const show = models
    .command('show')
    .description('what a model is, and how it was trained')
    .argument('[name]', 'of a model beside the configured one, or a path')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, { json }: { json?: true }) => {
      const bundle = await openNamed(name, show);
      printLine(json ? JSON.stringify(bundle.description, null, 2) : await describeBundle(bundle));
    });
  const verify = models
    .command('verify')
    .description('compare the files of a model with their checksums')
    .argument('[name]', 'of a model beside the configured one, or a path')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, { json }: { json?: true }) => {
      const bundle = await openNamed(name, verify);
      const files = await verifyFiles(bundle);
      printLine(json ? JSON.stringify(files.map(fileJson), null, 2) : files.map(fileText).join('\n'));
      if (files.some(({ error }) => error !== null)) process.exitCode = 1;
    });
  registerModelUse(models);
  for (const command of [list, show, verify]) addConfigOptions(command, ['model.path']);
}

async function openNamed(name: string | undefined, command: Command): Promise<Bundle> {
  const configured = resolvePackagePath(configFromOptions(command).config.model.path);
  return openBundle(name === undefined ? configured : (modelBeside(configured, name) ?? name));
}

async function openBundle(path: string): Promise<Bundle> {
  const { loadBundle } = await import('../acoustic/bundle.ts');
  return loadBundle(resolvePackagePath(path));
}

async function findModels(parent: string): Promise<ListedModel[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
  const listed = folders.map(async (folder): Promise<ListedModel> => {
    try {
      return { folder, bundle: await openBundle(folder), error: null };
    } catch (error) {
      return { folder, bundle: null, error: toAgentError(error) };
    }
  });
  const models = await Promise.all(listed);
  if (models.length > 0) return models;
  throw new AgentError(
    'MODEL_MISSING',
    `There is no model in ${parent}. Set model.path to the folder of one.`,
  );
}

function printModels(models: readonly ListedModel[], configured: string, json: boolean): void {
  if (json) {
    const rows = models.map(({ folder, bundle, error }) => ({
      folder,
      configured: folder === configured,
      ...(bundle === null
        ? { error: { code: error?.code, message: error?.message } }
        : { name: bundle.description.name, version: bundle.description.version }),
    }));
    printLine(JSON.stringify(rows, null, 2));
    return;
  }
  const columns = ['', 'name', 'version', 'language', 'files', 'folder'].map((title) => ({ title }));
  const rows = models.map(({ folder, bundle, error }) => {
    const mark = folder === configured ? '*' : '';
    if (bundle === null) return [mark, '–', '–', '–', error?.code ?? '–', folder];
    const { name, version, language, files } = bundle.description;
    return [mark, name, version, language, Object.keys(files).join(', '), folder];
  });
  printLine(plainTable(columns, rows));
}

async function describeBundle(bundle: Bundle): Promise<string> {
  const { folder, description } = bundle;
  const { name, version, language, licence, files, heads, training } = description;
  const facts: readonly (readonly [string, string])[] = [
    ['model', `${name} ${version}`],
    ['folder', folder],
    ['language', language],
    ['licence', licence],
    ['step', `${stepMsOf(description)} ms of audio at ${description.sampleRate} Hz`],
    ['look-ahead', describeLookAhead(description)],
    [
      'files',
      Object.entries(files)
        .map(([precision, file]) => `${precision} (${file?.path})`)
        .join(', '),
    ],
    ['heads', heads.map((head) => head.name).join(', ')],
    ['decoder', JSON.stringify(description.decoder)],
    ...(await describeData(bundle)),
    ['trained on', `${training.hoursSeen} h of audio, commit ${training.commit || 'unknown'}`],
    ...training.results.map((result) => ['result', JSON.stringify(result)] as const),
  ];
  return facts.map(([title, value]) => `${title.padEnd(15)} ${value}`).join('\n');
}

function describeLookAhead(description: BundleDescription): string {
  const steps = lookAheadStepsOf(description);
  return steps === 0
    ? 'none'
    : `${steps * stepMsOf(description)} ms of audio; every word comes so much later`;
}

const DATA_TITLES = {
  languageModel: 'language model',
  lexicon: 'lexicon',
  letterToSound: 'letter to sound',
} as const;

async function describeData(bundle: Bundle): Promise<(readonly [string, string])[]> {
  const { describeBundleData } = await import('./bundle-data.ts');
  return describeBundleData(bundle).map(({ field, path, facts, error }) => {
    return [DATA_TITLES[field], error === null ? `${facts} (${path})` : `${error.code}: ${error.message}`];
  });
}

async function verifyFiles(bundle: Bundle): Promise<VerifiedFile[]> {
  const { verifyModelFile } = await import('../acoustic/bundle.ts');
  const { describeBundleData } = await import('./bundle-data.ts');
  const precisions = Object.keys(bundle.description.files) as Precision[];
  const graphs = await Promise.all(
    precisions.map(async (precision) => {
      const path = bundle.description.files[precision]!.path;
      const error = await verifyModelFile(bundle, precision).then(() => null, toAgentError);
      return { file: precision, path, error };
    }),
  );
  const data = describeBundleData(bundle);
  return [...graphs, ...data.map(({ field, path, error }) => ({ file: field, path, error }))];
}

function fileText({ file, path, error }: VerifiedFile): string {
  return error === null ? `ok      ${file}  ${path}` : `failed  ${file}  ${error.code}: ${error.message}`;
}

function fileJson({ file, path, error }: VerifiedFile): object {
  const problem = error === null ? {} : { code: error.code, message: error.message };
  return { file, path, ok: error === null, ...problem };
}
