const TIMEOUT_MS = 3000;

/**
 * What a status means whose body says nothing more.
 * @type {Record<number, string>}
 */
const CODES = {
  401: 'UNAUTHORIZED',
  403: 'ORIGIN_FORBIDDEN',
  404: 'NOT_FOUND',
  426: 'upgrade-refused',
  429: 'ADDRESS_LIMIT',
  503: 'TOO_MANY_CLIENTS',
};

/** The codes of the daemon; a proxy in between may have codes of its own. */
const DAEMON_CODE = /^[A-Z]+(_[A-Z]+)*$/;

/**
 * Why a WebSocket was refused. Browsers hide the answer to a failed upgrade from pages, so the same address
 * is asked once more as plain HTTP: the daemon checks token, origin and places there in the same way.
 * @param {URL} url http or https
 * @returns {Promise<string>} a code of the daemon's error catalogue, or `upgrade-refused` when the plain request
 *   finds no fault: then the daemon does not trust the page's address, or a proxy holds the WebSocket up
 */
export async function probeRefusal(url) {
  try {
    const response = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.json().catch(() => undefined);
    const isOfDaemon = typeof body?.code === 'string' && DAEMON_CODE.test(body.code);
    return isOfDaemon ? body.code : (CODES[response.status] ?? 'SERVER_GONE');
  } catch {
    return 'SERVER_GONE';
  }
}
