/**
 * What `npm start` runs: builds when a source is newer than the build, then becomes the daemon.
 *
 * npm starts this through a shell and sends SIGTERM to that shell, which dies of it without passing it on.
 * Losing the parent therefore means that npm was told to stop, and counts as a SIGTERM here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const BUILT_ENTRY = fileURLToPath(new URL('../dist/agent/main.js', import.meta.url));
const SOURCES = fileURLToPath(new URL('../agent', import.meta.url));
const BUILD_SETTINGS = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
const PARENT_CHECK_MS = 250;

const modifiedMs = (path) => statSync(path).mtimeMs;

function buildIsCurrent() {
  if (!existsSync(BUILT_ENTRY)) return false;
  const builtMs = modifiedMs(BUILT_ENTRY);
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(SOURCES, name),
  );
  return [BUILD_SETTINGS, ...sources].every((path) => modifiedMs(path) <= builtMs);
}

function stopWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}

if (!buildIsCurrent()) {
  const { status } = spawnSync('npm run --silent build', { stdio: 'inherit', shell: true });
  if (status !== 0) process.exit(1);
}
stopWithParent();
process.argv.splice(2, 0, 'serve');
await import('../dist/agent/main.js');
