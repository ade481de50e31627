import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reply } from './http-reply.ts';

/** Folder of the demo page: beside this file, in the source as in the build. */
export const PAGE_FOLDER = fileURLToPath(new URL('./page/', import.meta.url));

const INDEX = 'index.html';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The page may load only its own files, connect only here, and use nothing but the microphone. */
const SECURITY_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer', // the address may hold the token
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
};

/** The files of the demo page: `/` and `/page/…`. Only files that were there at the start can be asked for. */
export class PageFiles {
  readonly #folder: string;
  readonly #names: ReadonlySet<string>;

  private constructor(folder: string, names: ReadonlySet<string>) {
    this.#folder = folder;
    this.#names = names;
  }

  static async load(folder: string): Promise<PageFiles> {
    const entries = await readdir(folder, { recursive: true });
    const names = entries
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => extname(name) in CONTENT_TYPES);
    return new PageFiles(folder, new Set(names));
  }

  /** The file at this path of the address, or null when there is none. */
  async read(pathname: string): Promise<Reply | null> {
    const name = pathname === '/' ? INDEX : pathname.replace(/^\/page\//, '');
    if (!this.#names.has(name)) return null;
    const body = await readFile(join(this.#folder, name));
    return {
      status: 200,
      headers: { ...SECURITY_HEADERS, 'Content-Type': CONTENT_TYPES[extname(name)] ?? '' },
      body,
    };
  }
}
