import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Command } from 'commander';
import { addConfigOptions, configFromOptions } from '../../agent/cli/config-options.ts';
import { AccessControl } from '../../agent/server/access-control.ts';

const DOCUMENTS = ['README.md', 'agent/COMPATIBILITY.md', 'agent/SECURITY.md', 'scripts/deploy/README.md'];
/** What starts the daemon in a line of a document, and its options. */
const START = /(?:npm start --|earshot serve) (?<options>[^`|\n#]+)/g;
/** An option or its value, with quotes around it or in it. */
const WORD = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;

for (const path of DOCUMENTS) {
  const commands = [...readFileSync(path, 'utf8').matchAll(START)].map(
    (found) => found.groups?.['options'] ?? '',
  );
  for (const options of commands) {
    test(`${path}: ${options.trim()} starts a daemon`, () => {
      const words = options
        .match(WORD)
        ?.map((word) => word.replace(/['"]/g, (quote) => (quote === "'" ? '' : quote)));
      const command = addConfigOptions(new Command().exitOverride());
      command.parse(words ?? [], { from: 'user' });
      const { server, wyoming } = configFromOptions(command).config;
      // a file of tokens is the reader's own
      const token = server.tokensFile === '' ? server.token : 'one of the file';
      const access = AccessControl.create({ ...server, token, tokensFile: '' });
      assert.doesNotThrow(() => access.checkExposure(wyoming));
    });
  }
}
