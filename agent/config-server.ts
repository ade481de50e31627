import { z } from 'zod';
import { count, port, positive } from './config-values.ts';

/** A certificate of one's own: then the port speaks HTTPS and WSS, and nothing else. */
const tls = z.strictObject({
  certFile: z
    .string()
    .default('')
    .describe(
      'PEM file with the certificate and its chain; with `keyFile` the port speaks TLS. Read again when it changes.',
    ),
  keyFile: z.string().default('').describe('PEM file with the private key of the certificate.'),
});

/** What one client, one address and all together may take. */
const limits = z.strictObject({
  clientsPerAddress: positive
    .int()
    .default(32)
    .describe(
      'Clients connected at once from one address (with IPv6: one /64 network), which may have 32 other connections beside; behind a proxy all have the address of the proxy.',
    ),
  addressAudioSecondsPerMinute: count
    .default(0)
    .describe(
      'Seconds of audio that one address (with IPv6: one /64 network) may send in a minute; 0: as much as is computed.',
    ),
  addressAudioSecondsPerHour: count
    .default(0)
    .describe(
      'Seconds of audio that one address (with IPv6: one /64 network) may send in an hour; 0: as much as is computed.',
    ),
  audioSecondsPerMinute: count
    .default(0)
    .describe('Seconds of audio that all clients together may send in a minute; 0: as much as is computed.'),
  audioSecondsPerHour: count
    .default(0)
    .describe('Seconds of audio that all clients together may send in an hour; 0: as much as is computed.'),
  handshakeTimeoutMs: positive
    .int()
    .default(10000)
    .describe('Longest time for a client to finish TLS, and then to send the headers of a request.'),
  maxHeaderBytes: positive.int().default(16384).describe('Largest head of an HTTP request.'),
});

/** What happens when audio comes faster than this machine computes it. */
const overload = z.strictObject({
  queueAgeMs: count
    .default(2000)
    .describe(
      'Age of the oldest audio that waits for the engine above which new sessions are refused; 0: never.',
    ),
  partialsQueueAgeMs: count
    .default(2500)
    .describe(
      'The same age above which a stream gets only one partial in the time that audio waits; 0: all of them.',
    ),
});

/** The section `server`: the port, who may use it and how much. */
export const server = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen on.'),
  port: port.default(2750).describe('Port; 0 takes any free one.'),
  rootProtocol: z
    .enum(['vosk', 'sherpa', 'none'])
    .default('vosk')
    .describe('Protocol of WebSocket clients that ask for `/`, as those of Vosk and sherpa-onnx do.'),
  token: z.string().default('').meta({
    secret: true,
    description: 'When set, clients must present it (Authorization: Bearer, or ?token=). It has every scope.',
  }),
  tokensFile: z
    .string()
    .default('')
    .describe(
      'File of named, hashed tokens with scopes, one a line, as `earshot token create` prints them; one that holds none lets nobody in.',
    ),
  allowUnauthenticated: z
    .boolean()
    .default(false)
    .describe('Listen on other addresses than loopback even though no token is asked for.'),
  allowedOrigins: z
    .array(z.string())
    .default([])
    .describe('Other web origins that may connect; the own page always may.'),
  maxClients: positive.int().default(64).describe('Clients connected at once, whatever protocol they speak.'),
  maxMessageBytes: positive
    .int()
    .default(1 << 20)
    .describe('Largest message; those of OpenAI clients may be longer, up to 21 MiB.'),
  longMessageBytes: count
    .default(64 << 20)
    .describe(
      'Memory that long messages may take beyond `server.maxMessageBytes`, of all OpenAI clients together; 0: none is longer.',
    ),
  maxBadMessages: positive.int().default(10).describe('Bad messages after which a connection is closed.'),
  idleTimeoutMs: positive
    .default(60000)
    .describe('A streaming client that sends nothing for this long is closed.'),
  maxSessionMs: positive.default(4 * 3600 * 1000).describe('Longest session of a client that sends audio.'),
  pingIntervalMs: positive
    .default(15000)
    .describe('Interval of WebSocket pings; a client that misses two is dropped.'),
  sendBufferBytes: positive
    .int()
    .default(256 * 1024)
    .describe('Bytes waiting for a slow reader above which partials are dropped.'),
  drainTimeoutMs: positive
    .default(10000)
    .describe('A reader that stays over the limit for this long is closed.'),
  resumeMs: count
    .default(15000)
    .describe(
      'How long a session whose connection was cut waits for its client to resume it; 0: not at all.',
    ),
  maxDetached: positive
    .int()
    .default(16)
    .describe(
      'Sessions that may wait for their clients; one more, and of the address that has most of them the one that waits longest ends.',
    ),
  resumeBufferBytes: positive
    .int()
    .default(256 * 1024)
    .describe(
      'Messages kept for a client until it has acknowledged them; older ones can not be resumed from.',
    ),
  node: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/)
    .default('earshot')
    .describe('Name of this daemon among several; resume tokens begin with it, for a load balancer.'),
  shutdownTimeoutMs: positive.default(5000).describe('Longest time for a clean shutdown.'),
  drainMs: positive
    .default(60000)
    .describe('Longest time for open sessions to finish by themselves when the daemon drains (SIGUSR2).'),
  overload: overload.prefault({}),
  tls: tls.prefault({}),
  limits: limits.prefault({}),
});
