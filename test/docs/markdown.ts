import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NOT_OURS = new Set([
  'node_modules',
  'dist',
  '.git',
  '.cache',
  'runs',
  'artefacts',
  '.venv',
  'coverage',
]);

/** Every Markdown file of the repository, as paths relative to its root. */
export function markdownFiles(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export interface CodeBlock {
  readonly language: string;
  /** What stands behind the language, for example `tested`: not shown where Markdown is rendered. */
  readonly note: string;
  readonly code: string;
}

/** The fenced code blocks of a Markdown file, in order. */
export function codeBlocks(path: string): CodeBlock[] {
  const blocks = readFileSync(path, 'utf8').matchAll(/^```(\S*) *([^\n]*)\n(.*?)^```$/gms);
  return [...blocks].map(([, language = '', note = '', code = '']) => ({ language, note, code }));
}

/** A Markdown file without its code, so that examples are not taken for links or headings. */
export function prose(path: string): string {
  return readFileSync(path, 'utf8')
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');
}

/** The names under which the headings of a Markdown file can be linked to, as GitHub makes them. */
export function anchors(path: string): Set<string> {
  const text = readFileSync(path, 'utf8').replaceAll(/^```.*?^```$/gms, '');
  return new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}
