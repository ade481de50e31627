import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { record } from './feature-table.ts';
import { CLIENT_BIN, CLIENT_PYTHON, checkoutOf, lacksPython } from './installed.ts';
import { SPEECH_FILE, startReference } from './reference.ts';

const run = promisify(execFile);
const SHERPA_ONNX = checkoutOf('k2-fsa/sherpa-onnx', 'SHERPA_ONNX_CHECKOUT');
const ROOT_SHERPA = { token: '', args: ['--set', 'server.rootProtocol=sherpa'] };

/** The results among the lines of a log, in Python's notation or in JSON. */
function resultsOf(log: string): Record<string, unknown>[] {
  const objects = log.match(/\{ ?["']text["'].*\}/g) ?? [];
  return objects.map((text) => {
    const json = text.replaceAll("'", '"').replaceAll(': True', ': true').replaceAll(': False', ': false');
    return JSON.parse(json) as Record<string, unknown>;
  });
}

function assertResults(results: readonly Record<string, unknown>[], texts: readonly string[]): void {
  const finals = results.filter((result) => result['is_final'] === true && result['is_eof'] === false);
  const last = results.find((result) => result['is_eof'] === true);
  const said = [...finals, ...(last === undefined ? [] : [last])].map((result) => result['text']);
  assert.equal(said.filter((text) => text !== '').join(' '), texts.join(' '));
  assert.ok(results.some((result) => result['is_final'] === false));
  const lengths = ['tokens', 'timestamps', 'ys_probs'].map(
    (key) => results.flatMap((result) => result[key]).length,
  );
  assert.ok(lengths.every((length) => length > 0 && length === lengths[0]));
}

test('sherpa-onnx-online-websocket-client, the client in C++, unchanged', {
  skip: lacksPython(),
}, async (t) => {
  const { url, texts } = await startReference(t, { sampleRate: 16000 }, ROOT_SHERPA);
  const { port } = new URL(url);
  const args = ['--server-ip=127.0.0.1', `--server-port=${port}`, '--seconds-per-message=0.01', SPEECH_FILE];
  const { stderr } = await run(`${CLIENT_BIN}/sherpa-onnx-online-websocket-client`, args);
  assertResults(resultsOf(stderr), texts);
  record({
    protocol: 'sherpa-onnx',
    client: 'PyPI `sherpa-onnx-bin` (`sherpa-onnx-online-websocket-client`)',
    features: ['finals', 'partials', 'words, times', 'confidence'],
  });
});

test('online-websocket-client-decode-file.py of sherpa-onnx, unchanged', {
  skip: lacksPython() || SHERPA_ONNX.isLacking,
}, async (t) => {
  const { url, texts } = await startReference(t, { sampleRate: 16000 }, ROOT_SHERPA);
  const { port } = new URL(url);
  const script = `${SHERPA_ONNX.folder}/python-api-examples/online-websocket-client-decode-file.py`;
  const args = ['--server-addr', '127.0.0.1', '--server-port', port, '--seconds-per-message', '0.01'];
  const { stderr } = await run(CLIENT_PYTHON, [script, ...args, SPEECH_FILE]);
  const log = stderr.slice(0, stderr.indexOf('Final result is:'));
  assertResults(resultsOf(log), texts);
  record({
    protocol: 'sherpa-onnx',
    client: 'sherpa-onnx `online-websocket-client-decode-file.py`',
    features: ['finals', 'partials', 'words, times', 'confidence'],
  });
});
