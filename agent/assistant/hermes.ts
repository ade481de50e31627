import { z } from 'zod';
import type { IntentSlot } from '../transcript/transcript-event.ts';
import type { AssistantEvent } from './assistant-event.ts';
import type { MqttMessage } from './mqtt-link.ts';

/** The dialogue that a message belongs to. */
export interface HermesSession {
  readonly siteId: string;
  readonly sessionId: string | null;
  readonly wakewordId: string | null;
  readonly language: string;
}

/** What parts levels and stands for any of them, and what MQTT 3.1.1 forbids or lets brokers refuse (1.5.3). */
const UNFIT_FOR_TOPICS = /[/+#\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
/** MQTT has room for 65,535 bytes of a topic, some brokers for 256. */
const LONGEST_LEVEL_BYTES = 200;

/** Characters of a reason that tell it from others: it is kept until it is taken back. */
const LONGEST_REASON = 200;

const common = z.looseObject({
  siteId: z.string().default('default'),
  sessionId: z.string().nullish(),
});

const toggle = common.extend({
  reason: z
    .string()
    .default('')
    .transform((reason) => reason.slice(0, LONGEST_REASON)),
});

const schemas = {
  'hermes/asr/startListening': common.extend({
    stopOnSilence: z.boolean().default(true),
    wakewordId: z.string().nullish(),
  }),
  'hermes/asr/stopListening': common,
  'hermes/asr/toggleOn': toggle,
  'hermes/asr/toggleOff': toggle,
  'hermes/hotword/toggleOn': toggle,
  'hermes/hotword/toggleOff': toggle,
} as const;

type Topic = keyof typeof schemas;

/** What a dialogue manager wants of a recogniser. */
export type HermesCommand = {
  [topic in Topic]: { readonly topic: topic } & z.infer<(typeof schemas)[topic]>;
}[Topic];

/** The topics that `readHermesCommand` understands. */
export const HERMES_COMMANDS = Object.keys(schemas) as readonly Topic[];

/** The command of a message; null when it is none, or not for this site. */
export function readHermesCommand({ topic, payload }: MqttMessage, siteId: string): HermesCommand | null {
  const known = HERMES_COMMANDS.find((candidate) => candidate === topic);
  if (known === undefined) return null;
  const parsed = schemas[known].safeParse(parseJson(payload));
  if (!parsed.success || parsed.data.siteId !== siteId) return null;
  return { topic: known, ...parsed.data } as HermesCommand;
}

/** What Hermes has a message for. */
export type HermesEvent = Exclude<AssistantEvent, { readonly type: 'nothing' }>;

/** The messages that say this event, as Rhasspy 2.5 says it. */
export function hermesMessages(event: HermesEvent, session: HermesSession): readonly MqttMessage[] {
  switch (event.type) {
    case 'wake':
      return [hotwordDetected(event, session)];
    case 'final':
      return [textCaptured(event, session)];
    case 'intent':
      return [intentParsed(event, session)];
  }
}

type EventOf<Type extends AssistantEvent['type']> = Extract<AssistantEvent, { readonly type: Type }>;

function hotwordDetected({ phrase }: EventOf<'wake'>, { siteId, language }: HermesSession): MqttMessage {
  return message(`hermes/hotword/${topicLevel(phrase)}/detected`, {
    modelId: phrase,
    modelVersion: '',
    modelType: 'personal',
    currentSensitivity: 1,
    siteId,
    sessionId: null,
    sendAudioCaptured: null,
    lang: language,
  });
}

function textCaptured(event: EventOf<'final'>, session: HermesSession): MqttMessage {
  const { siteId, sessionId, wakewordId, language } = session;
  return message('hermes/asr/textCaptured', {
    text: event.text,
    likelihood: event.confidence,
    seconds: (event.latencyMs ?? 0) / 1000,
    siteId,
    sessionId,
    wakewordId,
    asrTokens: [asrTokens(event)],
    lang: language,
  });
}

/** Times of tokens count from the start of the utterance, ranges are characters of its text. */
function asrTokens({ words, start }: EventOf<'final'>) {
  let at = 0;
  return words.map(({ text, confidence, start: wordStart, end }) => {
    const rangeStart = at;
    at += text.length + 1;
    const time = { start: seconds(wordStart - start), end: seconds(end - start) };
    return { value: text, confidence, rangeStart, rangeEnd: rangeStart + text.length, time };
  });
}

function intentParsed(event: EventOf<'intent'>, session: HermesSession): MqttMessage {
  const { siteId, sessionId, wakewordId, language } = session;
  return message(`hermes/intent/${topicLevel(event.intent)}`, {
    input: event.text,
    intent: { intentName: event.intent, confidenceScore: event.confidence },
    siteId,
    id: null,
    slots: event.slots.map((slot) => hermesSlot(slot, event)),
    sessionId,
    customData: null,
    asrTokens: null,
    asrConfidence: event.confidence,
    rawInput: event.text,
    wakewordId,
    lang: language,
  });
}

/** What was said in the session is no command; no text of it is known. */
export function intentNotRecognized({ siteId, sessionId }: HermesSession): MqttMessage {
  return message('hermes/nlu/intentNotRecognized', {
    input: '',
    siteId,
    id: null,
    customData: null,
    sessionId,
  });
}

function hermesSlot({ name, value, text }: IntentSlot, { text: input, confidence }: EventOf<'intent'>) {
  const start = input.indexOf(text);
  const range = { start, end: start + text.length, rawStart: start, rawEnd: start + text.length };
  return {
    entity: name,
    slotName: name,
    value: { kind: 'Unknown', value },
    rawValue: text,
    confidence,
    range: text === '' || start < 0 ? null : range,
  };
}

function message(topic: string, payload: unknown): MqttMessage {
  return { topic, payload: JSON.stringify(payload) };
}

/** A name as one level of a topic: brokers close the connection over what can not stand in one. */
export function topicLevel(name: string): string {
  const fit = name.replace(UNFIT_FOR_TOPICS, '_');
  const { read } = new TextEncoder().encodeInto(fit, new Uint8Array(LONGEST_LEVEL_BYTES)); // whole characters
  return fit.slice(0, read) || '_';
}

function seconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema refuses it
  }
}
