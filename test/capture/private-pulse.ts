import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SINK = 'room';
const DEADLINE_MS = 120_000;

/**
 * A PulseAudio of our own, in a folder of its own, with a null sink as loudspeaker; what is played into it is what
 * its monitor, the microphone, hears. Nothing of the machine's sound is touched.
 */
export class PrivatePulse {
  /** Where it lives: part of the environment of all its programs. */
  readonly folder: string;
  #daemon: ChildProcess | null = null;
  #sinkModule = '';

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(): Promise<PrivatePulse> {
    const pulse = new PrivatePulse(await mkdtemp(join(tmpdir(), 'earshot-pulse-')));
    await writeFile(
      join(pulse.folder, 'asound.conf'),
      '</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n',
    );
    await pulse.startDaemon();
    await pulse.loadSink();
    return pulse;
  }

  /** PulseAudio's name of the microphone. */
  get source(): string {
    return `${SINK}.monitor`;
  }

  /** For every program that is to meet this PulseAudio, directly or through ALSA's default device. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: this.folder,
      XDG_RUNTIME_DIR: this.folder,
      PULSE_SERVER: `unix:${this.folder}/native`,
      ALSA_CONFIG_PATH: join(this.folder, 'asound.conf'),
    };
  }

  async startDaemon(): Promise<void> {
    const socket = `module-native-protocol-unix socket=${this.folder}/native auth-anonymous=1`;
    const args = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes'];
    this.#daemon = spawn('pulseaudio', [...args, '-L', socket], { env: this.env, stdio: 'ignore' });
    const end = performance.now() + DEADLINE_MS;
    while (!(await this.#answers())) {
      if (performance.now() > end) throw new Error('PulseAudio did not start');
      await delay(20);
    }
  }

  /** As when it crashes. */
  async killDaemon(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null) return;
    this.#daemon = null;
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await gone;
    await rm(join(this.folder, 'native'), { force: true });
  }

  async loadSink(): Promise<void> {
    const { stdout } = await this.#pactl(
      'load-module',
      'module-null-sink',
      `sink_name=${SINK}`,
      'rate=48000',
    );
    this.#sinkModule = stdout.trim();
  }

  /** As when the device is unplugged. */
  async unloadSink(): Promise<void> {
    await this.#pactl('unload-module', this.#sinkModule);
  }

  /** Plays a WAV file again and again until `stop` is called. */
  async play(wav: Buffer): Promise<{ stop: () => void }> {
    const path = join(this.folder, `${performance.now()}.wav`);
    await writeFile(path, wav);
    const repeat = 'while paplay "$0" "$1"; do :; done';
    const args = ['-c', repeat, `--device=${SINK}`, path];
    const player = spawn('sh', args, { env: this.env, stdio: 'ignore', detached: true });
    return { stop: () => player.exitCode === null && process.kill(-player.pid!, 'SIGKILL') };
  }

  async stop(): Promise<void> {
    await this.killDaemon();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    return await this.#pactl('info').then(
      () => true,
      () => false,
    );
  }

  #pactl(...args: string[]): Promise<{ stdout: string }> {
    return run('pactl', args, { env: this.env });
  }
}
