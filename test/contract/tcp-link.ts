import { once } from 'node:events';
import { connect } from 'node:net';
import { WyomingFramer } from '../../agent/server/wyoming-framer.ts';
import type { Dial } from './protocol-link.ts';

/** Opens a TCP connection of Wyoming; each event of the server is one message. */
export function dialWyoming(port: number): Dial {
  return async (onFrame) => {
    const socket = connect(port, '127.0.0.1');
    const framer = new WyomingFramer(1 << 20);
    socket.on('data', (chunk) => {
      for (const frame of framer.push(chunk)) onFrame(Buffer.from(frame).toString());
    });
    socket.on('error', () => {});
    const closeCode = once(socket, 'close').then(([hadError]) => (hadError ? 1006 : 1000));
    await once(socket, 'connect');
    return {
      send: (frame) => socket.write(frame),
      close: () => socket.end(),
      terminate: () => socket.destroy(),
      stopReading: () => socket.pause(),
      closeCode,
    };
  };
}
