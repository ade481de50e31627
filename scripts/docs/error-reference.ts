import { ERROR_CATALOGUE, type ErrorCode } from '../../agent/errors.ts';
import { CLOSE_CODE_OF_ERROR } from '../../agent/server/close-code.ts';
import { STATUS_OF_ERROR } from '../../agent/server/http-reply.ts';

const INTRODUCTION = `# Errors

Every error that leaves Earshot, in a log line, over the network or on the command line, has one of these codes.
The message beside it says what was expected, what was got and, where there is something, what to do. Codes are
stable: one that is no longer needed is never used for something else.

- Over WebSocket an error is a message \`{"type":"error","code":"…","message":"…"}\`. Where the table has a close
  code, the connection is closed with it, and the error's code is the close reason; an error without one that does
  close it, such as a \`start\` that can not be carried out, closes with 1011.
- Over HTTP the same object is the body, with the status of the table.
- On the command line the exit code is 2 for \`USAGE\` and \`CONFIG_INVALID\`, else 1.

This page is made from the catalogue in \`agent/errors.ts\` by \`npm run docs\`.`;

/** The text of ERRORS.md. */
export function renderErrorReference(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(([code, meaning]) => {
    const status = STATUS_OF_ERROR[code as ErrorCode] ?? '';
    const closeCode = CLOSE_CODE_OF_ERROR[code as ErrorCode] ?? '';
    return `| \`${code}\` | ${meaning} | ${status} | ${closeCode} |`;
  });
  const head = ['| code | meaning | HTTP status | WebSocket close code |', '|---|---|---|---|'];
  return `${[INTRODUCTION, '', ...head, ...rows].join('\n')}\n`;
}
