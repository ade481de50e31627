import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgram } from '../../agent/cli/program.ts';
import { PACKAGE_VERSION } from '../../agent/package-info.ts';
import { EarshotProcess } from '../support/daemon.ts';

const run = (t: Parameters<typeof EarshotProcess.start>[0], args: string[], env = {}) =>
  EarshotProcess.start(t, args, env).ended;

test('every command describes itself and all its options', () => {
  const { commands } = createProgram();
  assert.ok(commands.length > 1);
  for (const command of commands) {
    assert.notEqual(command.description(), '', command.name());
    for (const { flags, description } of command.options)
      assert.ok(description, `${command.name()} ${flags}`);
    assert.match(command.helpInformation(), /--help/);
  }
});

test('--help and --version are done with exit code 0', async (t) => {
  const help = await run(t, ['--help']);
  assert.deepEqual([help.code, help.stderr], [0, '']);
  for (const command of createProgram().commands) assert.ok(help.stdout.includes(command.name()));
  const version = await run(t, ['--version']);
  assert.deepEqual([version.code, version.stdout], [0, `${PACKAGE_VERSION}\n`]);
});

test('an unknown option or command is wrong use: exit code 2, a readable message, nothing on the standard output', async (t) => {
  for (const [args, message] of [
    [['config', '--refernce'], /unknown option '--refernce'[\s\S]*--reference/],
    [['confgi'], /unknown command 'confgi'[\s\S]*config/],
    [[], /Usage: earshot/],
  ] as const) {
    const { code, stderr, stdout } = await run(t, [...args]);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message);
  }
});

test('earshot config shows every value, where it came from, and no secret', async (t) => {
  const env = { EARSHOT_SERVER_TOKEN: 'k7-hidden-word', EARSHOT_LOG_LEVEL: 'warn' };
  const table = await run(t, ['config', '--port', '2751'], env);
  assert.equal(table.code, 0);
  assert.match(table.stdout, /^server\.port +2751 +--port *$/m);
  assert.match(table.stdout, /^log\.level +"warn" +EARSHOT_LOG_LEVEL *$/m);
  assert.match(table.stdout, /^server\.host +"127\.0\.0\.1" +default *$/m);
  assert.match(table.stdout, /^server\.token +\(hidden\) +EARSHOT_SERVER_TOKEN *$/m);
  const json = await run(t, ['config', '--json', '--set', 'server.port=2752'], env);
  const { settings, file } = JSON.parse(json.stdout);
  assert.equal(file, null);
  assert.deepEqual(settings['server.port'], { value: 2752, origin: '--set' });
  assert.doesNotMatch(table.stdout + json.stdout, /k7-hidden-word/);
});

test('earshot config --reference prints the document of all settings', async (t) => {
  const { code, stdout } = await run(t, ['config', '--reference']);
  assert.equal(code, 0);
  assert.match(stdout, /^# Configuration$/m);
  assert.match(stdout, /`server\.port`.*`EARSHOT_SERVER_PORT`/);
});

test('a wrong --set says how it is written', async (t) => {
  const { code, stderr } = await run(t, ['config', '--set', 'port']);
  assert.equal(code, 2);
  assert.match(stderr, /USAGE: --set expects section\.key=value/);
});
