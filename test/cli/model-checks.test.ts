import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProviders } from '../../agent/cli/model-checks.ts';
import { configSchema } from '../../agent/config.ts';
import { failSpawn, NOTHING_LEFT } from '../support/failing-programs.ts';

for (const code of NOTHING_LEFT) {
  test(`a provider that can not be tried because of ${code} is told, with the reason`, async (t) => {
    failSpawn(t, code);
    const checks = await checkProviders(configSchema.parse({}));
    assert.equal(checks.length, 3);
    for (const { detail } of checks) {
      assert.match(detail, new RegExp(`it was not tried, no process could be started: spawn ${code}`));
    }
  });
}
