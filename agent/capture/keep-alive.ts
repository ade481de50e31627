const LONG_MS = 60_000;

/**
 * Keeps the process alive until the returned function is called. A clock's timers do not, and while a recorder is
 * down or the next chunk is not due there is nothing else that would; a source that is being read has to.
 */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, LONG_MS);
  return () => clearInterval(timer);
}
