import { z } from 'zod';
import { boundedList, MOST_LISTED } from './json-message.ts';

const MOST_PROMPT_CHARACTERS = 20_000;

const milliseconds = z.number().int().min(0).max(60_000);

/** Of answers, which there are none of here. */
const responses = { create_response: z.boolean().optional(), interrupt_response: z.boolean().optional() };

/** Only what ends a turn by silence is honoured; the rest is accepted where it changes no text. */
const turnDetection = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...responses,
      type: z.literal('server_vad'),
      silence_duration_ms: milliseconds.optional(),
      threshold: z.number().min(0).max(1).optional(),
      prefix_padding_ms: milliseconds.optional(),
      idle_timeout_ms: z.null().optional(),
    }),
    z.strictObject({
      ...responses,
      type: z.literal('semantic_vad'),
      eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
    }),
  ])
  .nullable();

const transcription = z
  .strictObject({
    model: z.string().optional(),
    language: z.string().optional(),
    languages: boundedList(z.string(), 100).optional(),
    prompt: z.string().max(MOST_PROMPT_CHARACTERS).optional(),
    keywords: boundedList(z.string(), MOST_LISTED).optional(),
    delay: z.string().optional(),
  })
  .nullable();

const noiseReduction = z
  .strictObject({ type: z.enum(['near_field', 'far_field']).optional(), strength: z.number().optional() })
  .nullable();

const include = boundedList(z.enum(['item.input_audio_transcription.logprobs']), 10).nullable();

const format = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('audio/pcm').default('audio/pcm'),
    rate: z.number().int().min(8000).max(48000).default(24000),
  }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);

const session = z.strictObject({
  type: z.literal('transcription'),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: format.optional(),
          transcription: transcription.optional(),
          turn_detection: turnDetection.optional(),
          noise_reduction: noiseReduction.optional(),
        })
        .optional(),
    })
    .optional(),
  include: include.optional(),
});

/** The session as it was before the interface left its beta. */
const betaSession = z.strictObject({
  input_audio_format: z.enum(['pcm16', 'g711_ulaw', 'g711_alaw']).optional(),
  input_audio_transcription: transcription.optional(),
  turn_detection: turnDetection.optional(),
  input_audio_noise_reduction: noiseReduction.optional(),
  include: include.optional(),
  /** Of answers, which there are none of here. */
  modalities: boundedList(z.enum(['text', 'audio']), 10).optional(),
});

/** What every event has; `event_id` comes back in the error that it causes. */
export const anyClientEvent = z.looseObject({ type: z.string(), event_id: z.string().optional() });

const common = { event_id: z.string().optional() };

/** The events of a transcription session. */
export const clientEvent = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('session.update'), session }),
  z.strictObject({ ...common, type: z.literal('transcription_session.update'), session: betaSession }),
  z.strictObject({ ...common, type: z.literal('input_audio_buffer.append'), audio: z.string() }),
  z.strictObject({ ...common, type: z.literal('input_audio_buffer.commit') }),
  z.strictObject({ ...common, type: z.literal('input_audio_buffer.clear') }),
]);

export type OpenAiClientEvent = z.infer<typeof clientEvent>;
export type OpenAiSessionUpdate = z.infer<typeof session>;
export type OpenAiBetaSessionUpdate = z.infer<typeof betaSession>;
export type OpenAiTranscriptionUpdate = z.infer<typeof transcription>;
export type OpenAiTurnDetection = z.infer<typeof turnDetection>;
export type OpenAiFormat = z.infer<typeof format>;
