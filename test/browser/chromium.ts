import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BrowserContext, chromium } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const QUIET = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The installed Chromium: the one that the variable CHROMIUM names, else the first in the usual places. */
function findChromium(): string | undefined {
  // biome-ignore lint/style/noProcessEnv: a test asks for a program of the machine, not for a setting of Earshot
  const named = process.env['CHROMIUM'];
  return (named === undefined ? USUAL_PLACES : [named]).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const executable = findChromium();

/** Why browser tests are skipped, or false: an option of node:test. */
export const SKIP_WITHOUT_CHROMIUM =
  executable === undefined &&
  'needs Chromium: install it (apt-get install chromium) or set CHROMIUM to its path';

/** Only for what never comes: everything that tests wait for comes by itself, on a busy machine late. */
const PATIENCE_MS = 90_000;

/** Options of every browser test. */
export const BROWSER_TEST = { skip: SKIP_WITHOUT_CHROMIUM, timeout: 3 * PATIENCE_MS };

export interface BrowserOptions {
  /** WAV file that the fake microphone plays, over and over. */
  readonly microphone?: string;
  /** The person refuses the microphone. */
  readonly denyMicrophone?: boolean;
  /** Names that lead to 127.0.0.1, for pages that are not on localhost. */
  readonly hostNames?: readonly string[];
  readonly context?: Parameters<typeof chromium.launchPersistentContext>[1];
}

/** A browser with an empty profile, closed at the end of the test. */
export async function openBrowser(t: TestContext, options: BrowserOptions = {}): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), 'earshot-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...options.context,
    executablePath: executable ?? '',
    timeout: PATIENCE_MS,
    args: [...QUIET, ...microphoneFlags(options), ...hostFlags(options.hostNames ?? [])],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  t.after(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });
  return context;
}

function microphoneFlags({ microphone, denyMicrophone = false }: BrowserOptions): string[] {
  if (denyMicrophone) return ['--use-fake-device-for-media-stream', '--deny-permission-prompts'];
  const flags = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  return microphone === undefined ? flags : [...flags, `--use-file-for-fake-audio-capture=${microphone}`];
}

function hostFlags(names: readonly string[]): string[] {
  return names.length === 0
    ? []
    : [`--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(',')}`];
}
