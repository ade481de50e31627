import type { z } from 'zod';
import { AgentError } from '../../errors.ts';

/**
 * Reads a text message of a client. `example`: what one may look like, for the error.
 * @throws {AgentError} `MESSAGE_INVALID`, naming every wrong field
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
 * @throws {AgentError} `MESSAGE_INVALID`, naming every wrong field; its cause is the `ZodError`
 */
export function checkMessage<Schema extends z.ZodType>(message: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
  throw new AgentError('MESSAGE_INVALID', faults.join('; '), { cause: parsed.error });
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
