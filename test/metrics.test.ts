import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '../agent/metrics.ts';
import { NO_MICROPHONE } from '../agent/server/hub.ts';
import { FakeEngine } from './support/fake-engine.ts';

function metricsOf(engine: FakeEngine | null): Metrics {
  const counters = { ...NO_MICROPHONE.counters, overruns: 2, droppedSamples: 160 };
  const microphone = { ...NO_MICROPHONE, state: 'running', restarts: 3, counters } as const;
  return new Metrics({
    version: '9.9.9',
    engine: () => engine?.stats() ?? null,
    microphone: () => microphone,
  });
}

test('what the engine and the microphone count is read at the scrape', async () => {
  const engine = new FakeEngine();
  const metrics = metricsOf(engine);
  engine.createStream().acceptPcm(new Int16Array(32000));
  for (let scrape = 0; scrape < 2; scrape++) {
    const text = await metrics.render();
    assert.match(text, /^earshot_engine_streams 1$/m);
    assert.match(text, /^earshot_engine_audio_seconds_total 2$/m);
    assert.match(text, /^earshot_recorder_restarts_total 3$/m);
    assert.match(text, /^earshot_recorder_overruns_total 2$/m);
    assert.match(text, /^earshot_microphone_dropped_samples_total 160$/m);
    assert.match(text, /^earshot_microphone_running 1$/m);
  }
});

test('the time since the start is told by the daemon itself', async (t) => {
  t.mock.method(process, 'uptime', () => 12.5);
  assert.match(await metricsOf(null).render(), /^earshot_uptime_seconds 12\.5$/m);
});

test('while the model loads the engine counts nothing', async () => {
  assert.match(await metricsOf(null).render(), /^earshot_engine_workers 0$/m);
});

test('latencies are histograms in seconds, by origin', async () => {
  const metrics = metricsOf(null);
  metrics.observePartial('client', 40);
  metrics.observeFinal('microphone', 400);
  const text = await metrics.render();
  assert.match(text, /^earshot_partial_latency_seconds_bucket\{le="0.05",origin="client"\} 1$/m);
  assert.match(text, /^earshot_final_latency_seconds_sum\{origin="microphone"\} 0.4$/m);
});

test('the name of every metric of ours starts with earshot_, and its labels are fixed', async () => {
  const text = await metricsOf(null).render();
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1] ?? '');
  assert.ok(names.every((name) => /^(earshot|process|nodejs)_/.test(name)));
});
