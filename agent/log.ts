import { isatty } from 'node:tty';
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { Config } from './config.ts';
import { LogOutput } from './log-output.ts';
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

/** The logger of the process, and what it writes to. */
export interface ProcessLog {
  readonly log: Logger;
  readonly output: LogOutput;
}

/** The logger of the process on the standard error: for people on a terminal, else JSON lines. */
export async function openProcessLogger(options: Config['log']): Promise<ProcessLog> {
  const format = isatty(STANDARD_ERROR) ? await prettyFormat() : (line: string) => line;
  const output = new LogOutput((lines) => format(gapLine(lines)));
  return { log: createLogger(options, { write: (line) => output.write(format(line)) }), output };
}

/** A line of the log about those that nobody took. */
function gapLine(lines: number): string {
  const level = pino.levels.values['warn'];
  return `${JSON.stringify({ level, time: new Date().toISOString(), pid: process.pid, lines, msg: 'lines of the log are missing here' })}\n`;
}

async function prettyFormat(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    ignore: 'pid',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  });
}
