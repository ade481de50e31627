import { isatty } from 'node:tty';
import { type DestinationStream, destination, pino, stdTimeFunctions } from 'pino';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';

const STANDARD_ERROR = 2;
/** Transcripts are personal data: they stand only under this field. */
const TRANSCRIPT_PATHS = ['transcript', '*.transcript'];
const SECRET_PATHS = ['token', '*.token', '*.authorization'];

/** A logger that writes JSON lines to `stream`. */
export function createLogger(options: Config['log'], stream: DestinationStream): Logger {
  const paths = options.transcripts ? SECRET_PATHS : [...SECRET_PATHS, ...TRANSCRIPT_PATHS];
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths, censor: '[redacted]' },
    },
    stream,
  );
}

/** The logger of the process on the standard error: for people on a terminal, else JSON lines. */
export async function openProcessLogger(options: Config['log']): Promise<Logger> {
  return createLogger(options, isatty(STANDARD_ERROR) ? await prettyStream() : plainStream());
}

function plainStream(): DestinationStream {
  return destination({ dest: STANDARD_ERROR, sync: true });
}

async function prettyStream(): Promise<DestinationStream> {
  const { PinoPretty } = await import('pino-pretty');
  const options = {
    destination: STANDARD_ERROR,
    sync: true,
    ignore: 'pid',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  };
  return PinoPretty(options);
}
