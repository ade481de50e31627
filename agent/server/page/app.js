import { DaemonRun } from './daemon-run.js';
import { watchDaemon } from './daemon-watch.js';
import { element } from './dom.js';
import { describeFault, isMendedInSettings, isOfDaemon, isPassing, PageFault } from './fault.js';
import { FileRun } from './file-run.js';
import { MicrophoneRun } from './microphone-run.js';
import { PageView } from './page-view.js';
import { ServerAddress } from './server-address.js';
import { Transcript } from './transcript.js';
import { WakeLock } from './wake-lock.js';

/**
 * @import { Phase } from './dock-view.js'
 * @import { Lag } from './lag-watch.js'
 * @import { LinkState } from './link-state.js'
 * @import { Ready } from './protocol.js'
 * @import { Run, RunObserver } from './run.js'
 */

const ELAPSED_MS = 250;

const ZEROS_DETAIL =
  'Not even noise comes from the microphone. If it should: is it muted, by a switch of its own or in the sound and privacy settings of the system? Is another one chosen in the settings here?';

/** Between the recordings of one transcript. */
const GAP_SECONDS = 1;

/** Joins the run of the moment, the transcript and the views. */
export class App {
  #address = new ServerAddress();
  #transcript = new Transcript();
  #wakeLock = new WakeLock();
  /** @type {Run | undefined} */
  #run;
  /** @type {Phase} */
  #phase = 'idle';
  /** Seconds of the transcript at which the present recording began. */
  #offset = 0;
  /** Number of the observer that is heard. */
  #observed = 0;
  /** What is run again when a person asks for it after a fault. */
  #again = () => {};
  #view = new PageView(this.#address, {
    press: () => this.press(),
    clear: () => this.#clear(),
    retry: () => this.#retry(),
    applySettings: () => this.#applySettings(),
    transcript: () => this.#transcript,
    configure: (wishes) => this.#run?.configure?.(wishes) ?? false,
  });
  #look = watchDaemon(
    () => this.#address.http('healthz'),
    () => this.#phase === 'idle',
    (reachable) => this.#view.link.showReachable(reachable),
  );

  /** Brings the page to life. */
  start() {
    window.setInterval(() => this.#showElapsed(), ELAPSED_MS);
    window.addEventListener('hashchange', () => {
      if (this.#address.takeToken()) this.#applySettings();
    });
    this.#view.showTranscript(this.#transcript);
  }

  /** The big button. */
  press() {
    if (this.#phase === 'running') this.#stop();
    else if (this.#phase !== 'idle') this.#run?.abort();
    else if (this.#view.dock.source === 'file') element('file', HTMLInputElement).click();
    else this.#listen();
  }

  /** @param {File} file */
  openFile(file) {
    this.#run?.abort();
    this.#view.dock.select('file');
    this.#view.notice.hide();
    this.#again = () => this.openFile(file);
    const { realTime } = this.#view.settings;
    void this.#begin(new FileRun({ ...this.#recording(0), file, realTime }));
  }

  #listen() {
    this.#view.notice.hide();
    this.#again = () => this.#listen();
    const offset = this.#transcript.empty ? 0 : Math.ceil(this.#transcript.finalEnd) + GAP_SECONDS;
    const recording = this.#recording(offset);
    const { deviceId } = this.#view.settings;
    const daemon = this.#view.dock.source === 'daemon';
    void this.#begin(daemon ? new DaemonRun(recording) : new MicrophoneRun({ ...recording, deviceId }));
  }

  /** A run that has nothing to wait for ends during the call. */
  #stop() {
    this.#enter('finishing');
    this.#run?.stop();
  }

  #retry() {
    if (this.#run) this.#run.retryNow();
    else this.#again();
  }

  /** A run takes them over; one that a missing token ended is run again. */
  #applySettings() {
    const { notice, settings } = this.#view;
    const { remedy } = describeFault(notice.code);
    if (isMendedInSettings(notice.code)) notice.hide();
    this.#run?.retryNow();
    void this.#run?.useMicrophone?.(settings.deviceId);
    if (!this.#run && remedy === 'token') this.#again();
  }

  /**
   * What every run needs.
   * @param {number} offset seconds of the transcript at which it begins
   */
  #recording(offset) {
    this.#offset = offset;
    return {
      address: this.#address,
      transcript: this.#transcript,
      offset,
      observer: this.#observer(),
      wishes: () => this.#view.task.wishes,
    };
  }

  /** @param {Run} run */
  async #begin(run) {
    this.#run = run;
    this.#enter('starting');
    this.#view.sound.begin({ offset: this.#offset });
    try {
      await run.start();
      // Pressed again while the browser asked for the microphone or read the file.
      if (this.#run !== run) run.abort();
      else this.#enter('running');
    } catch (error) {
      if (this.#run !== run) return;
      this.#end();
      this.#view.notice.fault(error instanceof PageFault ? error.code : 'INTERNAL', String(error));
    }
  }

  #end() {
    this.#run = undefined;
    this.#observed += 1;
    this.#enter('idle');
    this.#view.showTranscript(this.#transcript);
    void this.#look();
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.#phase = phase;
    this.#view.dock.show(phase);
    this.#showElapsed();
    void (phase === 'running' ? this.#wakeLock.hold() : this.#wakeLock.release());
  }

  /**
   * What the next run reports to; what an earlier run still has to say is not heard any more.
   * @returns {RunObserver}
   */
  #observer() {
    this.#observed += 1;
    const number = this.#observed;
    const view = this.#view;
    const heard = (/** @type {() => void} */ action) => {
      if (number === this.#observed) action();
    };
    return {
      onLink: (state) => heard(() => this.#showLink(state)),
      onReady: (ready) => heard(() => this.#showReady(ready)),
      onTranscript: () => heard(() => view.showTranscript(this.#transcript)),
      onUnderstood: (intent) => heard(() => view.task.light(intent)),
      onSound: (samples, sampleRate) => heard(() => view.sound.sound(samples, sampleRate)),
      onFile: (fileSeconds) => heard(() => this.#makeRoom(fileSeconds)),
      onLevel: (level, seconds) => heard(() => view.sound.level(level, seconds)),
      onLatency: (latency) => heard(() => view.link.showLatency(latency)),
      onLag: (lag) => heard(() => this.#showLag(lag)),
      onMicrophone: (status) => heard(() => view.dock.showMicrophone(status.state, status.detail ?? '')),
      onDead: (dead) => heard(() => this.#showDead(dead)),
      onZeros: (zeros) => heard(() => this.#showZeros(zeros)),
      onFault: (code, message) => heard(() => this.#showFault(code, message)),
      onStop: () => heard(() => this.#enter('finishing')),
      onEnd: () => heard(() => this.#end()),
    };
  }

  /**
   * @param {string} code
   * @param {string | undefined} message
   */
  #showFault(code, message) {
    if (/^(GRAMMAR|WAKE)/.test(code)) this.#view.task.showFault(message ?? code);
    else if (!isPassing(code)) this.#view.notice.fault(code, message);
  }

  /** @param {boolean} dead whether the microphone of this device brings no sound */
  #showDead(dead) {
    const { dock, notice } = this.#view;
    if (dead) {
      dock.showMicrophone('silent', '');
      notice.fault('microphone-dead');
    } else {
      dock.show(this.#phase);
      notice.hideFaults((code) => code === 'microphone-dead');
    }
  }

  /**
   * Whoever muted the microphone knows it: this is no fault.
   * @param {boolean} zeros
   */
  #showZeros(zeros) {
    const { dock } = this.#view;
    if (zeros) dock.showMicrophone('silent', ZEROS_DETAIL);
    else dock.show(this.#phase);
  }

  /** @param {Lag | undefined} lag */
  #showLag(lag) {
    const { link, notice } = this.#view;
    link.showLag(lag);
    if (!lag) notice.hideFaults((code) => code === 'words-lost');
  }

  /** @param {Ready} ready */
  #showReady(ready) {
    this.#view.showReady(ready);
    if (ready.task) this.#view.task.showMicrophone(ready.task);
  }

  /** @param {LinkState} state */
  #showLink(state) {
    const { link, notice } = this.#view;
    link.show(state);
    if (state.name === 'open') notice.hideFaults(isOfDaemon);
    else if (state.name === 'finishing') this.#enter('finishing');
    else if (state.name === 'refused') {
      notice.fault(state.code);
      this.#run?.abort();
    } else if (state.name === 'waiting' && (state.attempt > 1 || !isPassing(state.code))) {
      // The page mends this by itself; a fault of this device, which it does not, has to stay.
      if (isOfDaemon(notice.code)) notice.fault(state.code);
    }
  }

  /** Empties the transcript under a run that goes on. */
  #clear() {
    const lines = this.#transcript.takeAll();
    this.#view.showTranscript(this.#transcript);
    this.#view.notice.undoable('Transcript cleared', () => {
      this.#transcript.putBack(lines);
      this.#view.showTranscript(this.#transcript);
    });
  }

  /**
   * For the transcript of a file, whose times begin at zero. One that can not be read takes nothing away.
   * @param {number} fileSeconds
   */
  #makeRoom(fileSeconds) {
    this.#putAside();
    this.#view.sound.begin({ offset: this.#offset, fileSeconds });
  }

  #putAside() {
    if (this.#transcript.empty) return;
    const lines = this.#transcript.takeAll();
    this.#view.showTranscript(this.#transcript);
    this.#view.notice.undoable('The earlier transcript was put aside', () => {
      this.#run?.abort();
      this.#transcript.takeAll();
      this.#transcript.putBack(lines);
      this.#view.showTranscript(this.#transcript);
    });
  }

  #showElapsed() {
    const run = this.#run;
    if (!run) return;
    // While a file is read the earlier transcript still stands there.
    const recognised = Math.min(run.seconds, Math.max(0, this.#transcript.finalEnd - this.#offset));
    if (this.#view.dock.source === 'file') this.#view.dock.showElapsed(recognised, run.seconds);
    else this.#view.dock.showElapsed(run.seconds);
  }
}
