import { z } from 'zod';
import { positive } from './config-values.ts';

/** Without what a topic that is published to can not have: MQTT 3.1.1, 1.5.3 and 4.7.1. */
const topicLevels = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^+#\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]*$/u);

const command = z.array(z.string()).default([]);

/** What hooks, webhooks and MQTT have in common. */
export const assistant = z.strictObject({
  clients: z
    .boolean()
    .default(false)
    .describe('Also tell what clients say; else only what the own microphone hears.'),
  queueLimit: positive
    .int()
    .default(64)
    .describe('Events waiting for a hook, a webhook or the broker; one more drops the oldest.'),
  maxAgeMs: positive
    .default(30000)
    .describe(
      'An event older than this is not delivered any more: nobody wants a lamp to switch minutes later.',
    ),
});

/** Programs that are run. */
export const hooks = z.strictObject({
  onWake: command.describe(
    'Program and arguments run at a wake phrase; it gets the event as JSON on its input.',
  ),
  onFinal: command.describe('The same for every final transcript.'),
  onIntent: command.describe('The same for every command that a grammar has understood.'),
  concurrency: positive.int().default(2).describe('Processes of one hook at once.'),
  timeoutMs: positive.default(10000).describe('A hook that runs longer is killed with all it has started.'),
});

/** Addresses that events are posted to. */
export const webhooks = z.strictObject({
  urls: z
    .array(z.string())
    .default([])
    .describe('Addresses (http, https) to which events are posted as JSON.'),
  events: z
    .array(z.enum(['wake', 'final', 'intent']))
    .default(['wake', 'final', 'intent'])
    .describe('Which events.'),
  secret: z.string().default('').meta({
    secret: true,
    description: 'When set, X-Earshot-Signature carries sha256= and the HMAC of the body.',
  }),
  timeoutMs: positive.default(5000).describe('Time for one answer.'),
  retryMinMs: positive.default(500).describe('First pause before what failed is posted again.'),
  retryMaxMs: positive.default(10000).describe('Longest pause; each failure doubles the pause up to this.'),
});

/** A broker, and what is said to it. */
export const mqtt = z.strictObject({
  url: z
    .string()
    .default('')
    .describe('Address of a broker (mqtt://HOST:1883, mqtts, ws, wss); empty: no MQTT.'),
  username: z.string().default('').describe('User name for the broker.'),
  password: z.string().default('').meta({ secret: true, description: 'Password for the broker.' }),
  clientId: z.string().default('').describe('Client identifier; empty: a random one.'),
  caFile: z.string().default('').describe('PEM file of the authority that vouches for the broker.'),
  certFile: z.string().default('').describe('PEM file of our certificate, when the broker wants one.'),
  keyFile: z.string().default('').describe('PEM file of the key that belongs to it.'),
  rejectUnauthorized: z
    .boolean()
    .default(true)
    .describe('Refuse a broker whose certificate is not vouched for.'),
  reconnectMs: positive.default(2000).describe('Pause before a lost connection is made again.'),
  json: z.boolean().default(true).describe('Publish events as plain JSON below `topicPrefix`.'),
  topicPrefix: topicLevels.default('earshot').meta({
    expected: 'a text of 1 to 128 characters without +, # and control characters',
    description: 'First level, or levels, of our own topics.',
  }),
  hermes: z.boolean().default(true).describe('Speak Hermes, as Rhasspy does, for the own microphone.'),
  siteId: z.string().default('default').describe('Our site in Hermes.'),
  listen: z
    .enum(['always', 'asked'])
    .default('always')
    .describe(
      'What is captured text in Hermes: every final, or only between startListening and stopListening.',
    ),
});
