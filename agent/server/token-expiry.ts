const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * A day of ISO 8601, from its beginning in UTC, or a moment as milliseconds since 1970; null: it is neither, or the
 * calendar does not have it.
 */
export function parseExpiry(text: string): number | null {
  const day = DAY.test(text) ? text : MOMENT.exec(text)?.[1];
  return day === undefined || !isRealDay(day) ? null : Date.parse(text);
}

/** `Date.parse` takes 31 February as 3 March. */
function isRealDay(day: string): boolean {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const found = new Date(Date.UTC(year, month - 1, date));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
}
