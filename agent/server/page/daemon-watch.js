const INTERVAL_MS = 10_000;
const TIMEOUT_MS = 4000;

/**
 * Looks from time to time whether the daemon is there, while nothing else would notice.
 * @param {() => URL} url of its health check
 * @param {() => boolean} wanted
 * @param {(reachable: boolean) => void} onResult
 */
export function watchDaemon(url, wanted, onResult) {
  const look = async () => {
    if (!wanted() || document.hidden) return;
    const reachable = await isReachable(url());
    if (wanted()) onResult(reachable);
  };
  void look();
  window.setInterval(look, INTERVAL_MS);
  document.addEventListener('visibilitychange', look);
  return look;
}

/** @param {URL} url */
async function isReachable(url) {
  try {
    const response = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.status < 500;
  } catch {
    return false;
  }
}
