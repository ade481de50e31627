import assert from 'node:assert/strict';
import { test } from 'node:test';
import { englishMessages } from '../../agent/capture/english-messages.ts';

test('messages come in English whatever the user has set, and all else stays', () => {
  const env = { PATH: '/bin', LANG: 'de_DE.UTF-8', LC_CTYPE: 'fr_FR.UTF-8', LC_MESSAGES: 'de_DE.UTF-8' };
  assert.deepEqual(englishMessages(env), { ...env, LC_MESSAGES: 'C' });
  assert.deepEqual(englishMessages({ ...env, LC_ALL: '' }), { ...env, LC_MESSAGES: 'C' });
});

test('an LC_ALL still says how names are written', () => {
  assert.deepEqual(englishMessages({ LC_ALL: 'ja_JP.UTF-8', LC_CTYPE: 'C' }), {
    LC_CTYPE: 'ja_JP.UTF-8',
    LC_MESSAGES: 'C',
  });
});
