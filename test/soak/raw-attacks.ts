import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';

/** One thing that a hostile program does below the WebSocket; resolves when it is done with it. */
export type RawAttack = (port: number, localAddress: string) => Promise<void>;

const UPGRADE = [
  'GET /v1/stream HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
const WAIT_MS = 50;

/** Holds a connection open with half a request. */
const slowLoris: RawAttack = (port, from) => talk(port, from, UPGRADE.slice(0, 3).join('\r\n'));

/** A header that never ends. */
const giantHeader: RawAttack = (port, from) =>
  talk(port, from, `${UPGRADE.join('\r\n')}\r\nX-Padding: ${'x'.repeat(200_000)}`);

/** A hundred thousand zero bytes in a hundred: sent as a compressed message although nobody agreed to compress. */
const compressedBomb: RawAttack = (port, from) => {
  const payload = deflateRawSync(Buffer.alloc(10 << 20));
  return talk(port, from, `${UPGRADE.join('\r\n')}\r\n\r\n`, frame(0xc1, payload));
};

/** A message that says it is as long as memory. */
const giantLength: RawAttack = (port, from) => {
  const head = Buffer.from([0x82, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);
  return talk(port, from, `${UPGRADE.join('\r\n')}\r\n\r\n`, head);
};

/** Fragments without an end. */
const endlessFragments: RawAttack = (port, from) => {
  const fragments = Array.from({ length: 2000 }, (_, i) => frame(i === 0 ? 0x02 : 0x00, Buffer.alloc(100)));
  return talk(port, from, `${UPGRADE.join('\r\n')}\r\n\r\n`, Buffer.concat(fragments));
};

/** Pings without reading a single answer. */
const pingFlood: RawAttack = (port, from) => {
  const pings = Buffer.concat(Array.from({ length: 2000 }, () => frame(0x89, Buffer.alloc(125))));
  return talk(port, from, `${UPGRADE.join('\r\n')}\r\n\r\n`, pings);
};

/** Bytes that are no protocol at all. */
const noise: RawAttack = (port, from) =>
  talk(port, from, Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 256)));

export const RAW_ATTACKS: readonly RawAttack[] = [
  slowLoris,
  giantHeader,
  compressedBomb,
  giantLength,
  endlessFragments,
  pingFlood,
  noise,
];

/** What a connection says before it falls silent and is held open; at the port of HTTP, and at that of Wyoming. */
const HELD_AT_HTTP: readonly (readonly (string | Buffer)[])[] = [
  [],
  ['G'],
  [UPGRADE.slice(0, 3).join('\r\n')],
  [`${UPGRADE.join('\r\n')}\r\n`],
  [`${UPGRADE.join('\r\n')}\r\n\r\n`],
  [`${UPGRADE.join('\r\n')}\r\n\r\n`, frame(0x82, Buffer.alloc(5000)).subarray(0, 100)],
  [`${UPGRADE.join('\r\n')}\r\n\r\n`, frame(0x02, Buffer.alloc(5000))],
];
const HELD_AT_WYOMING: readonly (readonly (string | Buffer)[])[] = [
  [],
  ['{"type":"audio-ch'],
  ['{"type":"audio-chunk","data_length":0,"payload_length":100000}\n', Buffer.alloc(1000)],
  ['{"type":"audio-start","data":{"rate":16000,"width":2,"channels":1}}\n'],
];

export interface HeldConnections {
  readonly port: number;
  readonly wyomingPort: number;
  /** Address of this machine that they come from. */
  readonly localAddress: string;
  readonly count: number;
  readonly ms: number;
}

/** Holds so many connections for so long, most of them half a message; resolves to how many the server kept to the end. */
export async function holdConnections({ port, wyomingPort, ...given }: HeldConnections): Promise<number> {
  const { localAddress, count, ms } = given;
  const sockets = Array.from({ length: count }, (_, i) => {
    const isWyoming = i % 3 === 2;
    const choices = isWyoming ? HELD_AT_WYOMING : HELD_AT_HTTP;
    const socket = open(isWyoming ? wyomingPort : port, localAddress);
    socket.resume(); // to see that the server ends it
    for (const part of choices[i % choices.length]!) socket.write(part);
    return socket;
  });
  await delay(ms);
  const kept = sockets.filter(({ readyState }) => readyState === 'open').length;
  for (const socket of sockets) socket.destroy();
  return kept;
}

async function talk(
  port: number,
  localAddress: string,
  ...parts: readonly (string | Buffer)[]
): Promise<void> {
  const socket = open(port, localAddress);
  socket.pause();
  for (const part of parts) socket.write(part);
  await delay(WAIT_MS);
  socket.destroy();
}

function open(port: number, localAddress: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  return socket;
}

/** A masked frame of a client (RFC 6455 section 5.2); the mask is zero. */
function frame(head: number, payload: Buffer): Buffer {
  const length = payload.length;
  const size = length < 126 ? [0x80 | length] : length < 65536 ? [0xfe, length >> 8, length & 255] : null;
  const bytes = size ?? [
    0xff,
    0,
    0,
    0,
    0,
    (length >>> 24) & 255,
    (length >> 16) & 255,
    (length >> 8) & 255,
    length & 255,
  ];
  return Buffer.concat([Buffer.from([head, ...bytes, 0, 0, 0, 0]), payload]);
}
