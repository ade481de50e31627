import { AgentError } from '../errors.ts';
import { parseExpiry } from '../server/token-expiry.ts';

/**
 * The day (from its beginning in UTC) or moment from which a token is refused, in milliseconds since 1970.
 * @throws {AgentError} `USAGE` when `text` is none, or one that has come already
 */
export function parseExpiryOption(text: string, nowMs: number): number {
  const time = parseExpiry(text);
  if (time === null) throw wrong(text, 'which is none');
  if (time <= nowMs)
    throw wrong(text, 'which has come already: the token would be refused from the beginning');
  return time;
}

function wrong(text: string, why: string): AgentError {
  const expected = '--expires: expected the day (UTC) or moment from which the token is refused';
  return new AgentError(
    'USAGE',
    `${expected}, as 2027-01-31 or 2027-01-31T18:00Z; got ${JSON.stringify(text)}, ${why}.`,
  );
}
