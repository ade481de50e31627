import type { ErrorCode } from '../../errors.ts';

/** What is said of wishes that can not be fulfilled: the stream goes on as it was, unless it happens all the time. */
export const REFUSED_WISHES: ReadonlySet<ErrorCode> = new Set([
  'GRAMMAR_INVALID',
  'GRAMMAR_TOO_LARGE',
  'GRAMMAR_WORD',
  'HOTWORD_INVALID',
  'HOTWORD_LIMIT',
  'SEARCH_UNAVAILABLE',
  'WAKE_PHRASE',
]);
