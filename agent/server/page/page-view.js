import { Announcer } from './announcer.js';
import { DockView } from './dock-view.js';
import { element } from './dom.js';
import { LinkView } from './link-view.js';
import { MeterView } from './meter-view.js';
import { NoticeView } from './notice-view.js';
import { ScrollFollower } from './scroll-follower.js';
import { SettingsView } from './settings-view.js';
import { SoundView } from './sound-view.js';
import { SpectrogramView } from './spectrogram-view.js';
import { TaskView } from './task-view.js';
import { Theme } from './theme.js';
import { TranscriptTools } from './transcript-tools.js';
import { TranscriptView } from './transcript-view.js';
import { WordTip } from './word-tip.js';

/**
 * @import { Ready } from './protocol.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { Wishes } from './task.js'
 * @import { Transcript } from './transcript.js'
 *
 * What a person can do.
 * @typedef {{ press: () => void, clear: () => void, retry: () => void, applySettings: () => void,
 *   transcript: () => Transcript,
 *   configure: (wishes: Wishes) => boolean }} Actions
 */

/** All views of the page. */
export class PageView {
  link = new LinkView();
  dock;
  notice;
  settings;
  task;
  sound;
  #tools;
  #lines = element('lines', HTMLElement);
  #transcriptView = new TranscriptView(this.#lines);
  #announcements = element('announcer', HTMLElement);
  #announcer = new Announcer(this.#announcements);
  #follower = new ScrollFollower(element('latest', HTMLButtonElement));

  /**
   * @param {ServerAddress} address
   * @param {Actions} actions
   */
  constructor(address, actions) {
    const spectrogram = new SpectrogramView(element('spectrogram', HTMLCanvasElement));
    this.sound = new SoundView(spectrogram, new MeterView());
    this.settings = new SettingsView(address, actions.applySettings);
    this.task = new TaskView(address, actions.configure);
    this.notice = new NoticeView({
      token: () => this.settings.open('token'),
      device: () => this.settings.open(),
      retry: actions.retry,
    });
    this.dock = new DockView({ onPress: actions.press, onSource: () => this.notice.hideFaults(() => true) });
    this.#tools = new TranscriptTools({
      transcript: actions.transcript,
      onClear: actions.clear,
      onFault: (code) => this.notice.fault(code),
    });
    new Theme(element('theme', HTMLButtonElement), (theme) => spectrogram.setTheme(theme));
    new WordTip(element('tip', HTMLElement), this.#lines, (item) => this.#transcriptView.lineOf(item));
    element('place', HTMLElement).textContent = address.name;
  }

  /** @param {Ready} ready */
  showReady(ready) {
    this.link.showModel(ready);
    if (!ready.model) return;
    for (const region of [this.#lines, this.#announcements]) region.lang = ready.model.language;
  }

  /** @param {Transcript} transcript */
  showTranscript(transcript) {
    this.#transcriptView.show(transcript);
    this.#announcer.show(transcript);
    this.#tools.show();
    this.sound.words(transcript);
    element('page', HTMLElement).hidden = transcript.empty;
    document.documentElement.toggleAttribute('data-empty', transcript.empty);
    document.documentElement.toggleAttribute('data-speaking', transcript.speaking);
    document.documentElement.toggleAttribute('data-awake', transcript.awake !== undefined);
    if (!transcript.empty) this.#follower.follow();
  }
}
