import type { RequestHeaders } from './protocol.ts';

/** Whether a client asks for the interface as it was in its beta; in browsers, which can set no header, as a sub-protocol. */
export function asksForBeta(headers: RequestHeaders): boolean {
  const names = [headers['openai-beta'] ?? [], headers['sec-websocket-protocol'] ?? []].flat().join(',');
  return names
    .split(',')
    .map((name) => name.trim())
    .some((name) => name === 'realtime=v1' || name === 'openai-beta.realtime-v1');
}
