const TOKEN_KEY = 'earshot.token';

/** Where the daemon is, and the token that it may want. The page is served by the daemon itself. */
export class ServerAddress {
  #token =
    takeTokenFromAddress() ?? sessionStorage.getItem(TOKEN_KEY) ?? localStorage.getItem(TOKEN_KEY) ?? '';

  get token() {
    return this.#token;
  }

  /** Whether the token outlives the browser window. */
  get remembered() {
    return localStorage.getItem(TOKEN_KEY) !== null;
  }

  /**
   * @param {string} token
   * @param {boolean} remember also after the browser is closed
   */
  setToken(token, remember) {
    this.#token = token;
    sessionStorage.setItem(TOKEN_KEY, token);
    if (remember && token !== '') localStorage.setItem(TOKEN_KEY, token);
    else localStorage.removeItem(TOKEN_KEY);
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

/** `#token=…` in a link logs in; it is taken out of the address so that it does not get copied around. */
function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
  if (token !== undefined) {
    history.replaceState(null, '', location.pathname + location.search);
    sessionStorage.setItem(TOKEN_KEY, token);
  }
  return token;
}

/** @param {string} host */
function isLoopback(host) {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
