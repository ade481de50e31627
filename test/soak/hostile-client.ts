import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Frame } from '../../agent/server/protocols/protocol.ts';

/** Time for a connection to end by itself. */
const GRACE_MS = 100;

/** A connection that a hostile client sends over. */
export interface HostileWire {
  readonly isOpen: boolean;
  /** What was sent has not all gone out. */
  readonly isFull: boolean;
  readonly closed: Promise<void>;
  send(frame: Frame): void;
  /** Reads nothing from now on. */
  pause(): void;
  /** Reads on and says goodbye. */
  leave(): void;
  vanish(): void;
}

/** What a hostile client does beside sending. */
export interface Manners {
  readonly readsNothing: boolean;
  readonly vanishes: boolean;
  /** How long it waits behind its last frame: the server drops what it has not carried out when a client is gone. */
  readonly staysMs: number;
  /** Waits until the next frame may go out. */
  readonly pace: () => Promise<void>;
}

/** Sends frames and leaves. Resolves when the connection is closed. */
export async function misbehave(
  wire: HostileWire,
  frames: readonly Frame[],
  manners: Manners,
): Promise<void> {
  if (manners.readsNothing) wire.pause();
  for (const frame of frames) {
    await manners.pace();
    if (!wire.isOpen) break;
    wire.send(frame);
  }
  while (wire.isFull && wire.isOpen) await delay(1);
  if (manners.staysMs > 0) await Promise.race([delay(manners.staysMs), wire.closed]);
  if (manners.vanishes) wire.vanish();
  else {
    wire.leave();
    setTimeout(() => wire.vanish(), GRACE_MS);
  }
  await wire.closed;
}

/** Null when it is refused. */
export async function openWebSocket(url: string, localAddress: string): Promise<HostileWire | null> {
  const socket = new WebSocket(url, { perMessageDeflate: false, localAddress });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
  await Promise.race([opened, closed]);
  if (socket.readyState !== WebSocket.OPEN) return null;
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    get isFull() {
      return socket.bufferedAmount > 0;
    },
    closed,
    send: (frame) => socket.send(frame),
    pause: () => socket.pause(),
    leave() {
      socket.resume();
      socket.close();
    },
    vanish: () => socket.terminate(),
  };
}

/** Null when it is refused. Texts go out as their bytes. */
export async function openTcp(port: number, localAddress: string): Promise<HostileWire | null> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.resume();
  const opened = new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  await Promise.race([opened, closed]);
  if (socket.readyState !== 'open') return null;
  return {
    get isOpen() {
      return socket.readyState === 'open';
    },
    get isFull() {
      return socket.writableLength > 0;
    },
    closed,
    send: (frame) => void socket.write(frame),
    pause: () => void socket.pause(),
    leave() {
      socket.resume();
      socket.end();
    },
    vanish: () => void socket.destroy(),
  };
}
