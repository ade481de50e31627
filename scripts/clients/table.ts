/**
 * Writes the table of protocols, clients and features into agent/COMPATIBILITY.md: every mark in it was made by a test
 * of the last `npm run test:clients`. `npm run docs:clients` runs both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type ClientResult, RESULTS_FILE } from '../../test/clients/feature-table.ts';
import { renderTable } from './render-table.ts';

const DOCUMENT = 'agent/COMPATIBILITY.md';
const MARKED = /(<!-- clients -->\n)[\s\S]*?(<!-- \/clients -->)/;

const results = readFileSync(RESULTS_FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ClientResult);
const document = readFileSync(DOCUMENT, 'utf8');
writeFileSync(DOCUMENT, document.replace(MARKED, `$1${renderTable(results)}$2`));
