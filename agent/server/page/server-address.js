import { ofDevice, ofTab } from './kept-values.js';

const TOKEN_KEY = 'earshot.token';

/** Where the daemon is, and the token that it may want. The page is served by the daemon itself. */
export class ServerAddress {
  #token = ofTab.get(TOKEN_KEY) ?? ofDevice.get(TOKEN_KEY) ?? '';

  constructor() {
    this.takeToken();
  }

  get token() {
    return this.#token;
  }

  /** Whether the token outlives the browser window. */
  get remembered() {
    return ofDevice.get(TOKEN_KEY) !== null;
  }

  /**
   * @param {string} token
   * @param {boolean} remember also after the browser is closed
   */
  setToken(token, remember) {
    this.#token = token;
    ofTab.set(TOKEN_KEY, token);
    if (remember && token !== '') ofDevice.set(TOKEN_KEY, token);
    else ofDevice.remove(TOKEN_KEY);
  }

  /**
   * `#token=…` in a link logs in; it is taken out of the address so that it does not get copied around.
   * @returns {boolean} whether there was one
   */
  takeToken() {
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    if (token === null) return false;
    history.replaceState(null, '', location.pathname + location.search);
    this.#token = token;
    ofTab.set(TOKEN_KEY, token);
    return true;
  }

  /** What a person calls the place, e.g. `this machine`. */
  get name() {
    return isLoopback(location.hostname) ? 'this machine' : location.host;
  }

  /**
   * @param {string} path e.g. `v1/stream`
   * @param {Record<string, string>} [query]
   * @returns {URL} http or https
   */
  http(path, query = {}) {
    const url = new URL(path, document.baseURI);
    url.hash = '';
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (this.#token !== '') url.searchParams.set('token', this.#token);
    return url;
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} [query]
   * @returns {URL} ws or wss
   */
  socket(path, query) {
    const url = this.http(path, query);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return url;
  }
}

/** @param {string} host */
function isLoopback(host) {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
