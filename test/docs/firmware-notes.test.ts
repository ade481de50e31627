import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

const FOLDER = 'firmware-notes';
const TODO_SECTION = 'Checks to do';
const NOTHING = 'Nothing known yet.';
const CHECKED = /\[checked: .+\b20\d\d-\d\d-\d\d\b.*\]$/;
const FROM_DOCUMENTS = /\[from documents: .+\]$/;

const pages = readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md');

interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** The second-level sections of a page, each with its lines that are not empty. */
function sections(page: string): Section[] {
  const [, ...parts] = readFileSync(join(FOLDER, page), 'utf8').split(/^## /m);
  return parts.map((part) => {
    const [heading = '', ...lines] = part.split('\n').filter((line) => line.trim() !== '');
    return { heading, lines };
  });
}

function unmarked({ heading, lines }: Section): string[] {
  if (heading === TODO_SECTION) return lines.filter((line) => !/^- .*`[^`]+`/.test(line));
  if (lines.length === 1 && lines[0] === NOTHING) return [];
  return lines.filter((line) => !line.startsWith('- ') || !(CHECKED.test(line) || FROM_DOCUMENTS.test(line)));
}

const headings = (page: string) => sections(page).map(({ heading }) => heading);

test('every statement of a board note says what it was checked on and when, or which document it is from', () => {
  const notes = pages.filter((page) => page !== 'TEMPLATE.md');
  const offenders = notes.flatMap((page) =>
    sections(page).flatMap((section) => unmarked(section).map((line) => `${page}: ${line}`)),
  );
  assert.deepEqual(offenders, []);
});

test('every board note has the headings of the template and a status', () => {
  for (const page of pages) {
    assert.deepEqual(headings(page), headings('TEMPLATE.md'), page);
    assert.match(readFileSync(join(FOLDER, page), 'utf8'), /^# .+\n\nStatus: .+\n\n## /, page);
  }
});

test('the index of the board notes lists every page', () => {
  const index = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  for (const page of pages) assert.ok(index.includes(`(${page})`), page);
});
