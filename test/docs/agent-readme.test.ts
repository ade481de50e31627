import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'node:test';

const PAGE = 'agent/README.md';
const LOOKS_LIKE_A_PATH = /^[\w./-]+(\.(ts|js|md|json)|\/)$/;

const page = readFileSync(PAGE, 'utf8');
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const quoted = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);

/** The rows of the table under a second-level heading, as cells. */
function tableUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function foldersIn(folder: string): string[] {
  return readdirSync(join('agent', folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [`${folder}${name}/`, ...foldersIn(`${folder}${name}/`)]);
}

test('every file and folder that the architecture page names exists', () => {
  const named = quoted(page).filter((name) => LOOKS_LIKE_A_PATH.test(name) && !(name in dependencies));
  const missing = named.filter((name) => !existsSync(join('agent', name)) && !existsSync(name));
  assert.deepEqual(missing, []);
});

test('the architecture page describes every folder, each once', () => {
  const described = tableUnder('Folders').flatMap(([folder = '']) => quoted(folder));
  assert.deepEqual(described.sort(), foldersIn('').sort());
});

interface ImportOverride {
  readonly includes: readonly string[];
  readonly linter: {
    readonly rules: {
      readonly style?: {
        readonly noRestrictedImports?: {
          readonly options: { readonly patterns: readonly { readonly group: readonly string[] }[] };
        };
      };
    };
  };
}

/** `!../decoder/*` of `agent/endpoint/**` → `decoder/`; the folder's own files are left out. */
function readableImport(pattern: string, folder: string): string[] {
  const name = pattern.slice(1);
  if (name.startsWith('./') || name === 'node:*/*') return [];
  const path = name.startsWith('../') ? normalize(join('agent', folder, name)).slice('agent/'.length) : name;
  return [path.replace(/(\/|:)\*$/, '$1')];
}

function enforcedImports(): Map<string, string[]> {
  const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8')) as { overrides: ImportOverride[] };
  const allowLists = new Map<string, string[]>();
  for (const { includes, linter } of overrides) {
    const group = linter.rules.style?.noRestrictedImports?.options.patterns[0]?.group ?? [];
    if (group[0] !== '**') continue;
    const files = includes[0]?.replace(/^agent\//, '').replace(/\*\*$/, '') ?? '';
    const folder = files.endsWith('/') ? files : dirname(files);
    const allowed = group.filter((pattern) => pattern.startsWith('!'));
    allowLists.set(files, allowed.flatMap((pattern) => readableImport(pattern, folder)).sort());
  }
  return allowLists;
}

test('the import table is the one that the linter enforces', () => {
  const stated = tableUnder('Imports').map(
    ([files = '', imports = '']) => [quoted(files)[0] ?? '', quoted(imports).sort()] as const,
  );
  assert.deepEqual(new Map(stated), enforcedImports());
});
