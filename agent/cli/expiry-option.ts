import { AgentError } from '../errors.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * The day (from its beginning in UTC) or moment from which a token is refused, in milliseconds since 1970.
 * @throws {AgentError} `USAGE` when `text` is none, or one that has come already
 */
export function parseExpiryOption(text: string, nowMs: number): number {
  const day = DAY.test(text) ? text : MOMENT.exec(text)?.[1];
  if (day === undefined || !isRealDay(day)) throw wrong(text, 'which is none');
  const time = Date.parse(text);
  if (time <= nowMs)
    throw wrong(text, 'which has come already: the token would be refused from the beginning');
  return time;
}

/** `Date.parse` takes 31 February as 3 March. */
function isRealDay(day: string): boolean {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const found = new Date(Date.UTC(year, month - 1, date));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
}

function wrong(text: string, why: string): AgentError {
  const expected = '--expires: expected the day (UTC) or moment from which the token is refused';
  return new AgentError(
    'USAGE',
    `${expected}, as 2027-01-31 or 2027-01-31T18:00Z; got ${JSON.stringify(text)}, ${why}.`,
  );
}
