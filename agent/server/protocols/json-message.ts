import { z } from 'zod';
import { AgentError } from '../../errors.ts';

/** Wrong fields that an error names; a message may have any number of them. */
const MOST_FAULTS = 5;
/** Characters of an error's text about a message: keys that nobody knows are in it as they came. */
const MOST_FAULT_CHARACTERS = 1000;

/** More hotwords or phrases than a client can have in force; what the configuration allows of them is less. */
export const MOST_LISTED = 5000;

/** A list of at most `most`; what is in a longer one is not looked at, for each wrong entry costs time and text. */
export function boundedList<Item extends z.ZodType>(item: Item, most: number) {
  return z.array(z.unknown()).max(most).pipe(z.array(item));
}

/**
 * Reads a text message of a client. `example`: what one may look like, for the error.
 * @throws {AgentError} `MESSAGE_INVALID`, naming the first wrong fields
 */
export function readJsonMessage<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  example: string,
): z.infer<Schema> {
  return checkMessage(parseJson(text, example), schema);
}

/**
 * Checks what a client sent against the form that it must have.
 * @throws {AgentError} `MESSAGE_INVALID`, naming the first wrong fields; its cause is the `ZodError`
 */
export function checkMessage<Schema extends z.ZodType>(message: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new AgentError('MESSAGE_INVALID', faultText(parsed.error), { cause: parsed.error });
}

function faultText({ issues }: z.ZodError): string {
  const named = issues.slice(0, MOST_FAULTS);
  const faults = named.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
  const more = issues.length > named.length ? [`and ${issues.length - named.length} more`] : [];
  const text = [...faults, ...more].join('; ');
  return text.length <= MOST_FAULT_CHARACTERS ? text : `${text.slice(0, MOST_FAULT_CHARACTERS)}…`;
}

function parseJson(text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(error, example);
  }
}

function notJson(cause: unknown, example: string): AgentError {
  const expected = `a JSON object such as ${example}`;
  return new AgentError('MESSAGE_INVALID', `A text message must be ${expected}; this one is not JSON.`, {
    cause,
  });
}
