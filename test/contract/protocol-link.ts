import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Frame } from '../../agent/server/protocols/protocol.ts';

/** A client's end of a connection, whatever wire it is. */
export interface ProtocolLink {
  send(frame: Frame): void;
  /** Closes in good order. */
  close(): void;
  /** Vanishes without a word. */
  terminate(): void;
  /** Reads nothing any more. */
  stopReading(): void;
  /** The close code; 1000 on a wire without codes that ended in good order. */
  readonly closeCode: Promise<number>;
}

/** Opens a connection; `onFrame` gets every message of the server as text. */
export type Dial = (onFrame: (frame: string) => void) => Promise<ProtocolLink>;

/** Opens a WebSocket. */
export function dialWebSocket(url: string): Dial {
  return async (onFrame) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on('message', (data) => onFrame(data.toString()));
    const closeCode = once(socket, 'close').then(([code]) => code as number);
    await once(socket, 'open');
    socket.on('error', () => {});
    return {
      send: (frame) => socket.send(frame),
      close: () => socket.close(1000),
      terminate: () => socket.terminate(),
      stopReading: () => socket.pause(),
      closeCode,
    };
  };
}
