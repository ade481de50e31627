/**
 * Finds and runs the tests: `npm test`, or `npm test -- decoder server` for the files whose path contains
 * one of the given words. Node 20 has no glob arguments and passes silently when it finds no test; this
 * fails instead. Before node's own summary it lists every skipped test with its reason.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

type TestEvents = ReturnType<typeof run>;

/** A file that takes longer is killed and counts as failed; no test is meant to come near. */
const FILE_TIMEOUT_MS = 10 * 60_000;
const MOST_FILES_AT_ONCE = 4;
/** The first line of the summary that node writes after all tests. */
const SUMMARY_START = /^tests \d+$/;

function findTests(filters: readonly string[]): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name))
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort();
}

/** Passes all events on and adds the list of skipped tests where node's closing summary begins. */
async function* listSkipped(events: TestEvents) {
  const skipped: string[] = [];
  for await (const event of events) {
    if ((event.type === 'test:pass' || event.type === 'test:fail') && event.data.skip !== undefined) {
      const reason = typeof event.data.skip === 'string' ? event.data.skip : 'no reason given';
      skipped.push(`skipped: ${event.data.name}: ${reason}`);
    }
    if (event.type === 'test:diagnostic' && SUMMARY_START.test(event.data.message)) {
      for (const message of skipped) yield { type: event.type, data: { nesting: 0, message } };
    }
    yield event;
  }
}

const files = findTests(process.argv.slice(2));
if (files.length === 0) {
  process.stderr.write('test/run.ts: no file test/**/*.test.ts matches; expected at least one\n');
  process.exit(1);
}
const concurrency = Math.min(availableParallelism(), MOST_FILES_AT_ONCE);
const events = run({ files, concurrency, timeout: FILE_TIMEOUT_MS });
events.on('test:fail', ({ todo }) => {
  if (todo === undefined) process.exitCode = 1;
});
Readable.from(listSkipped(events)).pipe(new spec()).pipe(process.stdout);
