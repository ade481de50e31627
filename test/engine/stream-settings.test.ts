import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingOfPair } from '../../agent/cli/config-options.ts';
import { configSchema, defaultConfig } from '../../agent/config.ts';
import { loadConfig } from '../../agent/config-load.ts';
import { applySettings } from '../../agent/config-reload.ts';
import type { StreamOptions } from '../../agent/engine/speech-engine.ts';
import { streamSettings } from '../../agent/engine/stream-settings.ts';

const NO_ADVICE = { language: 'en', decoder: { head: 'characters' }, endpoint: {} };

test('without anything else the defaults hold', () => {
  const { decoder, endpoint, transcript, commands, hotwords, wake } = defaultConfig();
  const task = { type: 'dictation' };
  assert.deepEqual(streamSettings(defaultConfig(), NO_ADVICE, {}), {
    decoder: { ...decoder, task, commands, hotwords, wake },
    endpoint,
    transcript: { ...transcript, minConfidence: 0 },
  });
});

test('how sure a word must be is advised for the search whose confidence is known', () => {
  const advice = {
    ...NO_ADVICE,
    decoder: { head: 'characters', search: 'lexicon' as const, minConfidence: 0.6 },
  };
  const least = (...[config, bundle, options]: Parameters<typeof streamSettings>): number =>
    streamSettings(config, bundle, options).transcript.minConfidence;
  assert.equal(least(defaultConfig(), advice, {}), 0.6);
  assert.equal(least(defaultConfig(), advice, { decoder: 'greedy' }), 0);
  assert.equal(least(defaultConfig(), NO_ADVICE, { decoder: 'lexicon' }), 0);
  assert.equal(least(configSchema.parse({ transcript: { minConfidence: 0 } }), advice, {}), 0);
  assert.equal(least(configSchema.parse({ transcript: { minConfidence: 0.3 } }), advice, {}), 0.3);
});

test('the bundle advises where the configuration says nothing', () => {
  const advice = {
    language: 'en',
    decoder: { head: 'characters', beamWidth: 3 },
    endpoint: { rule2SilenceMs: 555, rule1SilenceMs: undefined },
  };
  const settings = streamSettings(defaultConfig(), advice, {});
  assert.equal(settings.decoder.beamWidth, 3);
  assert.equal(settings.endpoint.rule2SilenceMs, 555);
  assert.equal(settings.endpoint.rule1SilenceMs, defaultConfig().endpoint.rule1SilenceMs);
});

test('the configuration wins over the bundle, and the stream over both', () => {
  const config = configSchema.parse({ decoder: { beamWidth: 5 }, endpoint: { rule2SilenceMs: 700 } });
  const advice = {
    language: 'en',
    decoder: { head: 'characters', beamWidth: 3, search: 'greedy' as const },
    endpoint: { rule2SilenceMs: 555 },
  };
  assert.equal(streamSettings(config, advice, {}).decoder.beamWidth, 5);
  assert.equal(streamSettings(config, advice, {}).endpoint.rule2SilenceMs, 700);
  const { decoder, endpoint, transcript } = streamSettings(config, advice, {
    decoder: 'beam',
    beamWidth: 2,
    partials: false,
    alternatives: 4,
    endpoint: { enabled: false },
  });
  assert.deepEqual([decoder.search, decoder.beamWidth, decoder.alternatives], ['beam', 2, 4]);
  assert.deepEqual([endpoint.enabled, endpoint.rule2SilenceMs], [false, 700]);
  assert.equal(transcript.partials, false);
});

test('a setting that was given wins over the bundle where it is the default too, and from a reload on', () => {
  const given = (...pairs: string[]) =>
    loadConfig({ flags: pairs.map((pair) => settingOfPair(pair)) }, {}).config;
  const advice = {
    ...NO_ADVICE,
    decoder: { head: 'characters', beamWidth: 3 },
    endpoint: { rule2SilenceMs: 555 },
  };
  const { decoder, endpoint } = defaultConfig();
  const config = given(`decoder.beamWidth=${decoder.beamWidth}`, 'endpoint.rule2SilenceMs=700');
  assert.equal(streamSettings(config, advice, {}).decoder.beamWidth, decoder.beamWidth);
  assert.equal(streamSettings(given(), advice, {}).decoder.beamWidth, 3);
  const next = given(`endpoint.rule2SilenceMs=${endpoint.rule2SilenceMs}`);
  applySettings(config, next, ['endpoint.rule2SilenceMs']);
  assert.equal(streamSettings(config, advice, {}).endpoint.rule2SilenceMs, endpoint.rule2SilenceMs);
  applySettings(config, given(), ['endpoint.rule2SilenceMs']);
  assert.equal(streamSettings(config, advice, {}).endpoint.rule2SilenceMs, 555);
});

test('who asks for a search without hotwords does not get those of the configuration', () => {
  const config = configSchema.parse({ hotwords: { list: ['Siobhan'] } });
  const listed = (options: StreamOptions) =>
    streamSettings(config, NO_ADVICE, options).decoder.hotwords?.list;
  assert.deepEqual(listed({}), [{ text: 'Siobhan' }]);
  assert.deepEqual(listed({ decoder: 'greedy' }), []);
  assert.deepEqual(listed({ decoder: 'greedy', hotwords: [{ text: 'Ada' }] }), [{ text: 'Ada' }]);
});

test('how letters count is advice of the bundle, of which the configuration sets a factor', () => {
  const spelling = { weight: 0.3, letterBonus: 1.5 };
  const advice = { ...NO_ADVICE, decoder: { head: 'characters', spelling } };
  assert.equal(streamSettings(defaultConfig(), NO_ADVICE, {}).decoder.spelling, undefined);
  const { decoder } = streamSettings(configSchema.parse({ decoder: { spellingWeight: 0 } }), advice, {});
  assert.deepEqual([decoder.spelling, decoder.spellingWeight], [spelling, 0]);
});

test('readable text is for dictation in English that asks for it', () => {
  const on = configSchema.parse({ transcript: { readable: true } });
  const readable = (...[config, bundle, options]: Parameters<typeof streamSettings>): boolean =>
    streamSettings(config, bundle, options).transcript.readable;
  assert.equal(readable(defaultConfig(), NO_ADVICE, {}), false);
  assert.equal(readable(on, NO_ADVICE, {}), true);
  assert.equal(readable(on, NO_ADVICE, { readable: false }), false);
  assert.equal(readable(defaultConfig(), NO_ADVICE, { readable: true }), true);
  assert.equal(readable(on, { ...NO_ADVICE, language: 'en-GB' }, {}), true);
  assert.equal(readable(on, { ...NO_ADVICE, language: 'de' }, {}), false);
});
