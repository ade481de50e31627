import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { defaultConfig } from '../agent/config.ts';
import { describeOrigin, type FlagSetting, loadConfig } from '../agent/config-load.ts';
import { AgentError } from '../agent/errors.ts';
import { SETTINGS } from '../agent/settings.ts';

function yamlFile(t: TestContext, text: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'test.yaml');
  writeFileSync(path, text);
  return path;
}

const flag = (key: string, text: string, name = '--set'): FlagSetting => ({ flag: name, key, text });

/** Lines of the message with which loading fails. */
function faults(
  request: Parameters<typeof loadConfig>[0],
  environment: Record<string, string> = {},
): string[] {
  try {
    loadConfig(request, environment);
  } catch (error) {
    assert.ok(error instanceof AgentError && error.code === 'CONFIG_INVALID');
    return error.message.split('\n');
  }
  return [];
}

test('without any source the configuration is the defaults', () => {
  const { config, origins, file } = loadConfig({}, {});
  assert.deepEqual(config, defaultConfig());
  assert.equal(file, null);
  assert.ok([...origins.values()].every(({ kind }) => kind === 'default'));
});

test('a flag wins over the environment, which wins over the file, which wins over the default', (t) => {
  const file = yamlFile(t, 'server:\n  port: 1001\n  host: 127.0.0.2\n  maxClients: 7\n');
  const environment = { EARSHOT_SERVER_PORT: '1002', EARSHOT_SERVER_HOST: '127.0.0.3' };
  const { config, origins } = loadConfig(
    { file, flags: [flag('server.port', '1003', '--port')] },
    environment,
  );
  assert.deepEqual(
    [config.server.port, config.server.host, config.server.maxClients, config.server.idleTimeoutMs],
    [1003, '127.0.0.3', 7, defaultConfig().server.idleTimeoutMs],
  );
  const origin = (key: string) => describeOrigin(origins.get(key) ?? { kind: 'default' });
  assert.deepEqual(['server.port', 'server.host', 'server.maxClients', 'server.idleTimeoutMs'].map(origin), [
    '--port',
    'EARSHOT_SERVER_HOST',
    `${file}:4`,
    'default',
  ]);
});

test('EARSHOT_CONFIG names the file, --config wins over it', (t) => {
  const first = yamlFile(t, 'log: { level: warn }\n');
  const second = yamlFile(t, 'log: { level: error }\n');
  assert.equal(loadConfig({}, { EARSHOT_CONFIG: first }).config.log.level, 'warn');
  assert.equal(loadConfig({ file: second }, { EARSHOT_CONFIG: first }).config.log.level, 'error');
});

test('an empty EARSHOT_CONFIG names no file', () => {
  assert.equal(loadConfig({}, { EARSHOT_CONFIG: '' }).file, null);
});

test('what Kubernetes and docker --link tell about a service is no setting', () => {
  const environment = {
    EARSHOT_SERVICE_HOST: '10.0.0.1',
    EARSHOT_SERVICE_PORT: '2750',
    EARSHOT_SERVICE_PORT_HTTP: '2750',
    EARSHOT_PORT: 'tcp://10.0.0.1:2750',
    EARSHOT_PORT_2750_TCP: 'tcp://10.0.0.1:2750',
    EARSHOT_PORT_2750_TCP_ADDR: '10.0.0.1',
    EARSHOT_PORT_2750_TCP_PORT: '2750',
    EARSHOT_PORT_2750_TCP_PROTO: 'tcp',
    EARSHOT_NAME: '/web/earshot',
    EARSHOT_ENV_NODE_VERSION: '20.20.2',
    EARSHOT_SERVER_SERVICE_HOST: '10.0.0.5',
    EARSHOT_SERVER_PORT: 'tcp://10.0.0.5:2750',
    EARSHOT_WYOMING_PORT: 'udp://10.0.0.6:1',
    EARSHOT_WYOMING_NAME: 'kitchen',
  };
  const { config, origins } = loadConfig({}, environment);
  const { server, wyoming } = defaultConfig();
  assert.deepEqual([config.server, config.wyoming], [server, { ...wyoming, name: 'kitchen' }]);
  assert.deepEqual(origins.get('server.port'), { kind: 'default' });
});

test('what only looks like the variable of a service is refused', () => {
  for (const [variable, text] of [
    ['EARSHOT_PORT', '2750'],
    ['EARSHOT_SERVICE_PORT', '2750'],
    ['EARSHOT_SERVER_PROT', 'tcp://10.0.0.5:2750'],
  ] as const) {
    const [fault] = faults({}, { EARSHOT_WYOMING_PORT: 'tcp://10.0.0.5:2750', [variable]: text });
    assert.ok(fault?.startsWith(`${variable}: there is no such setting`), `${variable}: ${fault}`);
  }
});

test('texts become numbers, booleans and lists as the setting wants', () => {
  const environment = {
    EARSHOT_MICROPHONE_ENABLED: 'False',
    EARSHOT_MODEL_PROVIDERS: 'cuda, cpu',
    EARSHOT_SERVER_ALLOWED_ORIGINS: '',
    EARSHOT_SERVER_TOKEN: '123',
    EARSHOT_DECODER_TOKEN_MIN_LOG_PROB: '-4.5',
  };
  const { config } = loadConfig({}, environment);
  assert.equal(config.microphone.enabled, false);
  assert.deepEqual(config.model.providers, ['cuda', 'cpu']);
  assert.deepEqual(config.server.allowedOrigins, []);
  assert.equal(config.server.token, '123');
  assert.equal(config.decoder.tokenMinLogProb, -4.5);
});

test('a list may also be written as JSON, in which items have commas or are no texts', () => {
  const phrases = (text: string) =>
    loadConfig({ flags: [flag('microphone.wakePhrases', text)] }, {}).config.microphone.wakePhrases;
  assert.deepEqual(phrases('computer, hey jarvis'), ['computer', 'hey jarvis']);
  assert.deepEqual(phrases('["well, computer", {"text": "hey jarvis", "threshold": 0.6}]'), [
    'well, computer',
    { text: 'hey jarvis', threshold: 0.6 },
  ]);
  assert.deepEqual(faults({ flags: [flag('microphone.wakePhrases', '[{"phrase": "computer"}]')] }), [
    'microphone.wakePhrases (from --set): expected a list, each a text of at most 100 characters or an object of text, threshold; got [{"phrase":"computer"}]',
  ]);
});

test('an empty file, an empty section and comments are fine', (t) => {
  for (const text of ['', '# nothing\n', 'server:\n', 'server:\n  # nothing\nlog: {}\n']) {
    assert.deepEqual(loadConfig({ file: yamlFile(t, text) }, {}).config, defaultConfig(), text);
  }
});

test('a wrong value is told with key, origin, expected and got', (t) => {
  const file = yamlFile(t, 'server:\n  port: many\nmodel:\n  providers: [cpu, gpu]\n');
  assert.deepEqual(faults({ file }), [
    `model.providers (from ${file}:4): expected a list (not empty), each one of cuda, dml, cpu; got ["cpu","gpu"]`,
    `server.port (from ${file}:2): expected a whole number at least 0 and at most 65535; got "many"`,
  ]);
  assert.deepEqual(faults({}, { EARSHOT_MICROPHONE_LOOP: 'maybe' }), [
    'microphone.loop (from EARSHOT_MICROPHONE_LOOP): expected true or false; got "maybe"',
  ]);
  assert.deepEqual(faults({ flags: [flag('engine.maxBatch', '2.5')] }), [
    'engine.maxBatch (from --set): expected a whole number above 0; got 2.5',
  ]);
});

test('an unknown setting is refused from every source, with the nearest name', (t) => {
  const file = yamlFile(t, 'server:\n  prot: 1\nserve: 2\nlog: info\n');
  assert.deepEqual(faults({ file, flags: [flag('server.maxClient', '3')] }, { EARSHOT_SERVER_PROT: '4' }), [
    `server.prot (from ${file}:2): there is no such setting; did you mean server.port?`,
    `serve (from ${file}:3): there is no such setting; see \`earshot config --reference\``,
    `log (from ${file}:4): is a section; expected settings inside it`,
    'EARSHOT_SERVER_PROT: there is no such setting; did you mean EARSHOT_SERVER_PORT?',
    'server.maxClient (from --set): there is no such setting; did you mean server.maxClients?',
  ]);
});

test('a token is not shown in a message', () => {
  const message = faults({ flags: [flag('server.token', 'secret'), flag('server.port', 'x')] }).join();
  assert.doesNotMatch(message, /secret/);
});

test('a file that is not there or not YAML is told with its path and line', (t) => {
  assert.match(faults({ file: '/nowhere/earshot.yaml' })[0] ?? '', /\/nowhere\/earshot\.yaml/);
  const broken = yamlFile(t, 'server:\n  port: 1\n bad: [\n');
  assert.match(faults({ file: broken })[0] ?? '', new RegExp(`${broken}:\\d+ is not valid YAML`));
  assert.match(faults({ file: yamlFile(t, 'just text\n') })[0] ?? '', /expected sections/);
});

test('a file in UTF-16 is told as such', (t) => {
  const littleEndian = Buffer.from('\ufeffserver:\n  port: 1\n', 'utf16le');
  for (const bytes of [littleEndian, Buffer.from(littleEndian).swap16()]) {
    const file = yamlFile(t, bytes);
    assert.deepEqual(faults({ file }), [`${file}: expected UTF-8, got UTF-16; save it as UTF-8`]);
  }
});

test('every setting has a description, a default and a variable of its own', () => {
  for (const { key, description, default: value, variable } of SETTINGS) {
    assert.ok(description.length > 0, key);
    assert.notEqual(value, undefined, key);
    assert.match(variable, /^EARSHOT_[A-Z0-9_]+$/, key);
  }
  assert.equal(new Set(SETTINGS.map(({ variable }) => variable)).size, SETTINGS.length);
});
