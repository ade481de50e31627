import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';
import { Microphone, type MicrophoneOptions } from '../../agent/capture/microphone.ts';
import { FakePrograms } from './fake-program.ts';
import { MicrophoneWatch } from './microphone-watch.ts';

const withScripts = {
  skip: process.platform === 'win32' && 'the made-up recorders are scripts with a #! line',
};

/** Waits long for sound, and not long to start again. */
const PATIENT = {
  recorder: 'arecord',
  device: '',
  dataTimeoutMs: 60_000,
  silenceTimeoutMs: 60_000,
  restartMinMs: 10,
  restartMaxMs: 10,
} as const;

let programs: FakePrograms;
let watch: MicrophoneWatch | null = null;
beforeEach(async () => {
  programs = await FakePrograms.create();
});
afterEach(async () => {
  await watch?.close();
  await programs.remove();
});

function open(options: Partial<MicrophoneOptions> = {}): MicrophoneWatch {
  watch = new MicrophoneWatch({ env: programs.env, ...options });
  return watch;
}

test('sound arrives as it was recorded, also when pipes cut samples in two', withScripts, async () => {
  await programs.install(
    'arecord',
    `const bytes = tone(3000);
     let at = 0;
     const next = () => {
       if (at >= bytes.length) return;
       process.stdout.write(bytes.subarray(at, at + 333), () => setImmediate(next));
       at += 333;
     };
     next();
     setInterval(() => {}, 1000);`,
  );
  const { samples, until } = bound(open());
  await until(() => samples().length >= 3000);
  const expected = Int16Array.from({ length: 3000 }, (_, i) => 1000 + (i % 100));
  assert.deepEqual(samples().slice(), expected);
});

test(
  'the half sample at the end of one recorder does not shift what the next one records',
  withScripts,
  async () => {
    await programs.install(
      'arecord',
      `if (run === 1) { process.stdout.write(Buffer.concat([tone(100), Buffer.of(1)])); }
     else play(tone(100));`,
    );
    const { samples, until } = bound(open());
    await until(() => samples().length >= 1000);
    assert.ok(samples().every((sample) => sample >= 1000 && sample < 1100));
  },
);

test('a recorder that hangs without listening to signals is killed and replaced', withScripts, async () => {
  await programs.install(
    'arecord',
    `process.on('SIGTERM', () => {});
     if (run === 1) { process.stdout.write(tone(320)); setInterval(() => {}, 1000); }
     else play(tone(320));`,
  );
  const opened = open({ dataTimeoutMs: 1500 });
  const hung = await opened.status((status) => status.state === 'restarting');
  assert.equal(hung.detail, 'arecord delivered no data for 1500 ms.');
  await opened.status((status) => status.state === 'running', opened.statuses.indexOf(hung));
  assert.ok(opened.microphone.status.counters.dataTimeouts >= 1);
  await opened.close();
  for (const pid of await programs.startedPids('arecord')) assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

test(
  'a recorder that gives only zeros is told as silent, and heard as soon as it sounds',
  withScripts,
  async () => {
    await programs.install('arecord', `play(run < 3 ? Buffer.alloc(640) : tone(320));`);
    const opened = open({ silenceTimeoutMs: 200 });
    const silent = await opened.status((status) => status.state === 'silent');
    assert.equal(silent.code, 'MICROPHONE_SILENT');
    await opened.status((status) => status.state === 'running', opened.statuses.indexOf(silent));
    assert.equal(opened.microphone.status.counters.silences, 2);
    assert.equal(opened.microphone.status.restarts, 2);
  },
);

test('a recorder that ends with code 0 is noticed and replaced', withScripts, async () => {
  await programs.install('arecord', `if (run === 1) process.stdout.write(tone(320)); else play(tone(320));`);
  const opened = open();
  const ended = await opened.status((status) => status.state === 'restarting');
  assert.equal(ended.detail, 'arecord ended with code 0.');
  assert.equal(ended.counters.exits, 1);
  await opened.status((status) => status.state === 'running', opened.statuses.indexOf(ended));
});

test('what the recorder says about its failure is told', withScripts, async () => {
  const saying = 'arecord: main:831: audio open error: Device or resource busy';
  await programs.install(
    'arecord',
    `process.stderr.write('Recording raw data\\n${saying}\\nTICK_TIME: [0 0]\\n'); process.exitCode = 1;`,
  );
  const opened = open();
  const busy = await opened.status((status) => status.state === 'restarting');
  assert.equal(busy.detail, `arecord ended with code 1: ${saying}`);
  assert.equal(busy.code, 'RECORDER_FAILED');
  await opened.status((status) => status.state === 'failed');
});

test('a device that does not exist is told as such', withScripts, async () => {
  await programs.install(
    'arecord',
    `process.stderr.write('audio open error: No such file or directory'); process.exitCode = 1;`,
  );
  const failed = await open({ device: 'hw:9' }).status((status) => status.state === 'restarting');
  assert.equal(failed.code, 'DEVICE_UNKNOWN');
});

test('a recorder that closes its output but does not exit is replaced', withScripts, async () => {
  await programs.install(
    'arecord',
    `if (run === 1) { process.stdout.write(tone(320), () => fs.closeSync(1)); setInterval(() => {}, 1000); }
     else play(tone(320));`,
  );
  const opened = open();
  const ended = await opened.status((status) => status.state === 'restarting');
  assert.equal(ended.detail, 'arecord ended its output but did not exit.');
  await opened.status((status) => status.state === 'running', opened.statuses.indexOf(ended));
  assert.equal(opened.microphone.status.counters.streamEnds, 1);
});

test('a recorder that is killed is replaced', withScripts, async () => {
  await programs.install('arecord', `play(tone(320));`);
  const opened = open();
  await opened.status((status) => status.state === 'running');
  process.kill((await programs.startedPids('arecord'))[0]!, 'SIGKILL');
  const killed = await opened.status((status) => status.state === 'restarting');
  assert.equal(killed.detail, 'arecord was ended by SIGKILL.');
  await opened.status((status) => status.state === 'running', opened.statuses.indexOf(killed));
});

test('a recorder at the wrong rate is refused', withScripts, async () => {
  await programs.install(
    'arecord',
    `process.stderr.write('Warning: rate is not accurate (requested = 16000Hz, got = 48000Hz)\\n');
     play(tone(960));`,
  );
  const failed = await open().status((status) => status.state === 'restarting');
  assert.match(failed.detail, /wrong sample rate.*got = 48000Hz/);
});

test('a recorder is understood in every language of the user', withScripts, async () => {
  await programs.install(
    'arecord',
    `const { LC_ALL, LC_MESSAGES, LANG } = process.env;
     const german = (LC_ALL || LC_MESSAGES || LANG).startsWith('de');
     const warning = german ? 'Warnung: Rate ist nicht exakt' : 'Warning: rate is not accurate';
     process.stderr.write(warning + ' (angefordert: 16000 Hz, erhalten: 48000 Hz)\\n');
     play(tone(960));`,
  );
  const env = { ...programs.env, LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
  const failed = await open({ env }).status(({ state }) => state !== 'starting');
  assert.match(failed.detail, /wrong sample rate/);
});

test(
  'without any recorder it says what to install, and finds one that is installed later',
  withScripts,
  async () => {
    const opened = open();
    const missing = await opened.status((status) => status.state === 'failed');
    assert.equal(missing.code, 'RECORDER_MISSING');
    assert.match(missing.detail, /arecord, sox, rec.*install/);
    await programs.install('sox', `play(tone(320));`);
    const running = await opened.status((status) => status.state === 'running');
    assert.equal(running.recorder, 'sox');
  },
);

test(
  'a recorder that vanishes between the look and the start is a failure to start',
  withScripts,
  async () => {
    await programs.install('arecord', `function onVersion() { fs.unlinkSync(__filename); }`);
    const failed = await open().status((status) => status.state === 'failed');
    assert.equal(failed.code, 'RECORDER_MISSING');
    assert.match(failed.detail, /arecord can not be started: .*ENOENT/);
    assert.equal(failed.counters.startFailures, 1);
  },
);

/** A microphone whose second recorder finds no descriptor left; it says what it hears of that. */
const STARVED = `
import { subscribe } from 'node:diagnostics_channel';
import { closeSync, openSync } from 'node:fs';
import { Microphone } from './agent/capture/microphone.ts';
const taken = [];
let processes = 0;
subscribe('child_process', () => {
  if (++processes !== 4) return; // each start is a look for the program and the program
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {}
});
const microphone = new Microphone({
  recorder: 'arecord', device: '', dataTimeoutMs: 60_000, silenceTimeoutMs: 60_000, restartMinMs: 10, restartMaxMs: 10,
  env: { PATH: process.argv[1] },
  onStatus: ({ state, detail }) => {
    process.stdout.write(state + ': ' + detail + '\\n');
    if (!detail.includes('EMFILE')) return;
    for (const descriptor of taken) closeSync(descriptor);
  },
});
for await (const _ of microphone) if (microphone.status.counters.startFailures > 0) break;
`;

test('a recorder for which no descriptor is left is a failure to start', withScripts, async (t) => {
  await programs.install('arecord', `if (run === 1) process.stdout.write(tone(320)); else play(tone(320));`);
  const limited = ['-c', 'ulimit -n 128; exec "$@"', 'sh', process.execPath];
  const source = ['--import', 'tsx', '--input-type=module', '--eval', STARVED, programs.folder];
  const child = spawn('sh', [...limited, ...source], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  assert.deepEqual((await text(child.stdout)).split('\n'), [
    'starting: ',
    'running: ',
    'restarting: arecord ended with code 0.',
    'restarting: arecord can not be started: spawn arecord EMFILE',
    'running: ',
    'off: ',
    '',
  ]);
});

test('a device that the recorder can not open is told without starting it', withScripts, async () => {
  await programs.install('rec', `play(tone(320));`);
  const failed = await open({ device: 'hw:1' }).status((status) => status.state === 'restarting');
  assert.equal(failed.code, 'DEVICE_UNKNOWN');
  assert.match(failed.detail, /set recorder to sox/);
});

test('arecord is preferred, another recorder can be asked for', withScripts, async () => {
  for (const name of ['arecord', 'sox', 'rec']) await programs.install(name, `play(tone(320));`);
  const running = await open().status((status) => status.state === 'running');
  assert.equal(running.recorder, 'arecord');
  await watch?.close();
  const other = await open({ recorder: 'rec' }).status((status) => status.state === 'running');
  assert.equal(other.recorder, 'rec');
});

test('input that the recorder lost is counted', withScripts, async () => {
  await programs.install(
    'arecord',
    `process.stderr.write('overrun!!! (at least 1.5 ms long)\\noverrun!!! (at least 2.5 ms long)\\n');
     play(tone(320));`,
  );
  const opened = open();
  await opened.until('overruns', () => opened.microphone.status.counters.overruns === 2);
});

test(
  'a reader that does not read loses the oldest sound, and what waits stays bounded',
  withScripts,
  async () => {
    await programs.install(
      'arecord',
      `if (run === 1) process.stdout.write(tone(10 * 16000));
     else if (run === 2) process.stdout.write(tone(16000).fill(2));
     else setInterval(() => {}, 1000);`,
    );
    let onEnded = () => {};
    const ended = new Promise<void>((resolve) => {
      onEnded = resolve;
    });
    const microphone = new Microphone({
      ...PATIENT,
      queueMs: 2000,
      env: programs.env,
      onStatus: ({ counters }) => counters.exits === 2 && onEnded(),
    });
    const chunks = microphone[Symbol.asyncIterator]();
    const first = (await chunks.next()).value!.samples.length;
    await ended;
    await microphone.close();
    let waiting = 0;
    let last: Int16Array = new Int16Array(0);
    for await (const { samples } of chunks) {
      waiting += samples.length;
      last = samples;
    }
    assert.ok(waiting >= 16000 && waiting <= 32000, `${waiting} samples waited`);
    assert.equal(last.at(-1), 0x202);
    assert.equal(first + microphone.status.counters.droppedSamples + waiting, 11 * 16000);
  },
);

test('closed, it lets the process end, though its reader has only stopped asking', withScripts, async () => {
  await programs.install('arecord', 'play(tone(320));');
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  const microphone = new Microphone({ ...PATIENT, env: programs.env });
  await microphone[Symbol.asyncIterator]().next();
  assert.equal(timers(), before + 1);
  await microphone.close();
  assert.equal(timers(), before);
});

/** Short forms for tests that look at samples only. */
function bound(watch: MicrophoneWatch) {
  return {
    samples: () => watch.samples,
    until: (met: () => boolean) => watch.until('samples', met),
  };
}
