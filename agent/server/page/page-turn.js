/**
 * Lets the page draw and answer between two pieces of long work. By a message, as browsers let the timers of a page in the
 * background wait.
 * @returns {Promise<void>}
 */
export function pageTurn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
