import { z } from 'zod';
import { AgentError } from '../../errors.ts';
import { readJsonMessage } from './json-message.ts';

/** The version of the protocol that the events of this server follow. */
const WYOMING_VERSION = '1.10.0';
const NEWLINE = 0x0a;
const EXAMPLE = '{"type": "describe"}';

/** What is said of an event beside its type; unknown keys are passed over. */
export type WyomingData = Readonly<Record<string, unknown>>;

export interface WyomingEvent {
  readonly type: string;
  readonly data: WyomingData;
  /** Audio, or nothing */
  readonly payload: Uint8Array;
}

const length = z.number().int().nonnegative().nullish();
const dataObject = z.record(z.string(), z.unknown());

const frameHeader = z.looseObject({ data_length: length, payload_length: length });
const eventHeader = z.looseObject({
  type: z.string(),
  data: dataObject.nullish(),
  data_length: length,
});

/**
 * How many bytes follow the header line of an event: its data and its payload.
 * @throws {AgentError} `MESSAGE_INVALID` when the line does not say it; where the next event begins is unknown then
 */
export function bytesAfterHeader(line: Uint8Array): number {
  const header = readJsonMessage(textOf(line), frameHeader, EXAMPLE);
  return (header.data_length ?? 0) + (header.payload_length ?? 0);
}

/**
 * Reads a whole event. Data may stand in the header and behind it; the latter wins.
 * @throws {AgentError} `MESSAGE_INVALID`
 */
export function readWyomingEvent(frame: Uint8Array): WyomingEvent {
  const headerEnd = frame.indexOf(NEWLINE);
  if (headerEnd < 0)
    throw new AgentError('MESSAGE_INVALID', `Expected a line such as ${EXAMPLE}; got no line end.`);
  const header = readJsonMessage(textOf(frame.subarray(0, headerEnd)), eventHeader, EXAMPLE);
  const dataStart = headerEnd + 1;
  const payloadStart = dataStart + (header.data_length ?? 0);
  const dataText = textOf(frame.subarray(dataStart, payloadStart));
  const data = dataText === '' ? {} : readJsonMessage(dataText, dataObject, '{"rate": 16000}');
  return {
    type: header.type,
    data: { ...header.data, ...data },
    payload: frame.subarray(payloadStart),
  };
}

/** Writes an event without payload; without data it is the header line alone. */
export function writeWyomingEvent(type: string, data: WyomingData = {}): Uint8Array {
  const body = Object.keys(data).length === 0 ? '' : JSON.stringify(data);
  const lengths = body === '' ? {} : { data_length: Buffer.byteLength(body) };
  return Buffer.from(`${JSON.stringify({ type, version: WYOMING_VERSION, ...lengths })}\n${body}`);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
