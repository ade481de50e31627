/**
 * Writes the table of protocols, clients and features into agent/COMPATIBILITY.md: every mark in it was made by a test
 * of the last `npm run test:clients`. `npm run docs:clients` runs both. Where tests were skipped the table stays as it is.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type ClientResult, RESULTS_FILE, ROWS } from '../../test/clients/feature-table.ts';
import { MARKED_TABLE, notShown, renderTable } from './render-table.ts';

const DOCUMENT = 'agent/COMPATIBILITY.md';

function readResults(): ClientResult[] {
  const text = existsSync(RESULTS_FILE) ? readFileSync(RESULTS_FILE, 'utf8') : '';
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const results = readResults();
const missing = notShown(ROWS, results);
if (missing.length > 0) {
  const why = `${DOCUMENT} is left as it is; the tests that ran did not show:`;
  process.stderr.write(`scripts/clients: ${[why, ...missing].join('\n  ')}\n`);
  process.exitCode = 1;
} else {
  const document = readFileSync(DOCUMENT, 'utf8');
  writeFileSync(
    DOCUMENT,
    document.replace(MARKED_TABLE, () => renderTable(results)),
  );
}
