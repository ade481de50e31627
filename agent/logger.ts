/** Structured values beside a constant message. Transcripts only under `transcript`, which is redacted. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What stages and sessions get to log with: the part of a pino logger that Earshot uses. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

/** A logger that writes nothing: for library users who hand none in, and for tests. */
export const SILENT_LOGGER: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => SILENT_LOGGER,
};
