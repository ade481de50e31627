import { element } from './dom.js';
import { ofDevice } from './kept-values.js';
import { listMicrophones } from './microphone.js';

/** @import { ServerAddress } from './server-address.js' */

const DEVICE_KEY = 'earshot.microphone';
const REAL_TIME_KEY = 'earshot.real-time';

/** The dialog with the token, the microphone and the pace of files. */
export class SettingsView {
  #dialog = element('settings', HTMLDialogElement);
  #device = element('device', HTMLSelectElement);
  #realTime = element('real-time', HTMLInputElement);
  #token = element('token', HTMLInputElement);
  #remember = element('remember', HTMLInputElement);
  #address;
  #onSave;

  /**
   * @param {ServerAddress} address
   * @param {() => void} onSave
   */
  constructor(address, onSave) {
    this.#address = address;
    this.#onSave = onSave;
    element('settings-open', HTMLButtonElement).addEventListener('click', () => this.open());
    this.#dialog.addEventListener('close', () => this.#closed());
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close('cancel');
    });
    // Enter in a field would take the first button of the form, which cancels.
    element('settings-form', HTMLFormElement).addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      this.#dialog.close('save');
    });
  }

  /** The chosen microphone; empty: the system's default. */
  get deviceId() {
    return ofDevice.get(DEVICE_KEY) ?? '';
  }

  get realTime() {
    return ofDevice.get(REAL_TIME_KEY) === 'yes';
  }

  /** @param {'token'} [field] to begin with */
  open(field) {
    this.#token.value = this.#address.token;
    this.#remember.checked = this.#address.remembered;
    this.#realTime.checked = this.realTime;
    this.#dialog.returnValue = 'cancel';
    this.#dialog.showModal();
    if (field === 'token') this.#token.focus();
    void this.#fillDevices();
  }

  async #fillDevices() {
    const [standard] = this.#device.options;
    const devices = await listMicrophones();
    const options = devices
      .filter((device) => device.deviceId !== 'default')
      .map((device) => new Option(device.label || 'Microphone', device.deviceId));
    this.#device.replaceChildren(...(standard ? [standard] : []), ...options);
    this.#device.value = this.deviceId;
    // A microphone that is no longer there leaves the choice empty.
    if (this.#device.selectedIndex < 0) this.#device.selectedIndex = 0;
  }

  #closed() {
    if (this.#dialog.returnValue !== 'save') return;
    ofDevice.set(DEVICE_KEY, this.#device.value);
    ofDevice.set(REAL_TIME_KEY, this.#realTime.checked ? 'yes' : 'no');
    this.#address.setToken(this.#token.value.trim(), this.#remember.checked);
    this.#onSave();
  }
}
