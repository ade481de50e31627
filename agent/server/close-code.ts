import type { ErrorCode } from '../errors.ts';

/** Close codes of WebSocket connections: RFC 6455 section 7.4.1 where it has one, else from its private range. */
export const CLOSE_CODE = {
  done: 1000,
  goingAway: 1001,
  policy: 1008,
  tooLarge: 1009,
  internal: 1011,
  tryAgainLater: 1013,
  idle: 4000,
  sessionTooLong: 4001,
  tooManyErrors: 4002,
  slowClient: 4003,
  microphoneDisabled: 4004,
  resumeExpired: 4005,
} as const;

export type CloseCode = (typeof CLOSE_CODE)[keyof typeof CLOSE_CODE];

/** Errors after which a connection is closed, and how; `INTERNAL` stands for all others. */
export const CLOSE_CODE_OF_ERROR: Partial<Record<ErrorCode, CloseCode>> = {
  SHUTTING_DOWN: CLOSE_CODE.goingAway,
  ENGINE_CLOSED: CLOSE_CODE.goingAway,
  STREAM_LIMIT: CLOSE_CODE.tryAgainLater,
  AUDIO_LIMIT: CLOSE_CODE.tryAgainLater,
  UNAUTHORIZED: CLOSE_CODE.policy,
  TOKEN_EXPIRED: CLOSE_CODE.policy,
  SCOPE_MISSING: CLOSE_CODE.policy,
  AUDIO_FORMAT_UNSUPPORTED: CLOSE_CODE.policy,
  LANGUAGE_UNSUPPORTED: CLOSE_CODE.policy,
  MESSAGE_TOO_LARGE: CLOSE_CODE.tooLarge,
  IDLE_TIMEOUT: CLOSE_CODE.idle,
  SESSION_TOO_LONG: CLOSE_CODE.sessionTooLong,
  TOO_MANY_ERRORS: CLOSE_CODE.tooManyErrors,
  SLOW_CLIENT: CLOSE_CODE.slowClient,
  MICROPHONE_DISABLED: CLOSE_CODE.microphoneDisabled,
  RESUME_EXPIRED: CLOSE_CODE.resumeExpired,
  ENGINE_FAILED: CLOSE_CODE.internal,
  INTERNAL: CLOSE_CODE.internal,
};

/** The code with which a connection is closed because of this error. */
export function closeCodeOf(code: ErrorCode): CloseCode {
  return CLOSE_CODE_OF_ERROR[code] ?? CLOSE_CODE.internal;
}
