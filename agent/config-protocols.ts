import { z } from 'zod';
import { LEAST_SAMPLE_RATE, MOST_SAMPLE_RATE } from './capture/sample-format.ts';
import { port, wakePhrases } from './config-values.ts';

export const vosk = z.strictObject({
  sampleRate: z
    .number()
    .int()
    .min(LEAST_SAMPLE_RATE)
    .max(MOST_SAMPLE_RATE)
    .default(8000)
    .describe('Hz of audio for which a client of Vosk states no rate; 8000 is what vosk-server takes.'),
});

export const wyoming = z.strictObject({
  enabled: z.boolean().default(false).describe('Listen for Wyoming clients such as Home Assistant.'),
  host: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address to listen on. The protocol has no token: another address than those of this machine takes `wyoming.allowUnauthenticated`.',
    ),
  allowUnauthenticated: z
    .boolean()
    .default(false)
    .describe(
      'Let whoever reaches that address send audio and read its transcript. The microphone stays closed to them.',
    ),
  port: port.default(10300).describe('TCP port; 0 takes any free one.'),
  findsEnd: z
    .boolean()
    .default(false)
    .describe(
      'Send the transcript as soon as the speaker has stopped, and say so to clients; else when they end the audio.',
    ),
  wakePhrases: wakePhrases
    .default([])
    .describe(
      'Wake phrases offered to clients, as those of `microphone.wakePhrases`; a client may name others.',
    ),
  zeroconf: z
    .boolean()
    .default(false)
    .describe('Announce the service on the local network, so that Home Assistant finds it.'),
  name: z.string().max(63).default('').describe('Name to announce; empty: that of this machine.'),
});
