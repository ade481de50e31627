import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const PLATFORM_FOLDER = join('bin', 'napi-v6', process.platform, process.arch);
const bundled = join(dirname(require.resolve('onnxruntime-node/package.json')), PLATFORM_FOLDER);
const skip = existsSync(bundled) ? false : `onnxruntime-node has no binaries for ${PLATFORM_FOLDER}`;

/** One process can load one ONNX Runtime, so each case gets a process of its own. Prints what was loaded. */
const PROGRAM = `
  import { defaultConfig } from './agent/config.ts';
  import { Recognizer } from './agent/engine/recognizer.ts';
  const [bundle, runtimeDir] = process.argv.slice(1);
  const config = defaultConfig();
  config.model.runtimeDir = runtimeDir;
  try {
    const recognizer = await Recognizer.load(bundle, config);
    console.log(JSON.stringify(recognizer.stats()));
    await recognizer.close();
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, message: error.message }));
  }
`;

async function loadWith(runtimeDir: string) {
  const options = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, TINY_MODEL, runtimeDir];
  const { stdout } = await run(process.execPath, options);
  return JSON.parse(stdout);
}

function folderWithBinaries(t: TestContext): string {
  const folder = temporaryFolder(t);
  cpSync(bundled, join(folder, PLATFORM_FOLDER), { recursive: true });
  return folder;
}

test('without model.runtimeDir the libraries of the package are loaded', { skip }, async () => {
  const { runtimeLibraries } = await loadWith('');
  assert.ok(runtimeLibraries.length >= 2, 'the binding and the library');
  assert.deepEqual([...new Set(runtimeLibraries.map(dirname))], [bundled]);
});

test('with model.runtimeDir all libraries come from there', { skip }, async (t) => {
  const folder = folderWithBinaries(t);
  const { provider, runtimeLibraries } = await loadWith(folder);
  assert.equal(provider, 'cpu');
  assert.ok(runtimeLibraries.length >= 2, 'the binding and the library');
  assert.deepEqual([...new Set(runtimeLibraries.map(dirname))], [join(folder, PLATFORM_FOLDER)]);
});

test('a folder without binaries for this machine is refused with the path that is needed', async (t) => {
  const folder = temporaryFolder(t);
  const { code, message } = await loadWith(folder);
  assert.equal(code, 'CONFIG_INVALID');
  assert.match(message, /model\.runtimeDir/);
  assert.ok(message.includes(join(folder, PLATFORM_FOLDER, 'onnxruntime_binding.node')));
});

test('binaries that do not load are refused with the reason', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, PLATFORM_FOLDER), { recursive: true });
  writeFileSync(join(folder, PLATFORM_FOLDER, 'onnxruntime_binding.node'), 'not a library');
  const { code, message } = await loadWith(folder);
  assert.equal(code, 'PROVIDER_UNAVAILABLE');
  assert.match(message, /does not load: \S/);
});
