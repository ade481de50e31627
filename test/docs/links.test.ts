import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'node:test';
import { anchors, markdownFiles, prose } from './markdown.ts';

const LINK = /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;
const OUTSIDE = /^(https?:|mailto:)/;

function brokenLinks(file: string): string[] {
  return [...prose(file).matchAll(LINK)]
    .map(([, target = '']) => target)
    .filter((target) => !OUTSIDE.test(target) && !resolves(file, target))
    .map((target) => `${file}: ${target}`);
}

function resolves(file: string, target: string): boolean {
  const [path = '', anchor] = decodeURI(target).split('#');
  const aim = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(aim)) return false;
  return anchor === undefined || (aim.endsWith('.md') && anchors(aim).has(anchor));
}

test('every relative link in every Markdown file leads to a file, and to a heading where it names one', () => {
  assert.deepEqual(markdownFiles().flatMap(brokenLinks), []);
});
