import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  choosePrecision,
  type ExecutionProvider,
  openFirstProvider,
} from '../../agent/acoustic/execution-provider.ts';
import { AgentError } from '../../agent/errors.ts';

/** Opens on a machine where only `working` load. */
function machineWith(...working: ExecutionProvider[]) {
  const tried: ExecutionProvider[] = [];
  const open = async (provider: ExecutionProvider) => {
    tried.push(provider);
    if (!working.includes(provider)) throw new Error(`no ${provider} here`);
    return `session on ${provider}`;
  };
  return { open, tried };
}

test('the first provider that loads is taken, and the reasons of those before are kept', async () => {
  const { open, tried } = machineWith('cpu');
  const choice = await openFirstProvider(['cuda', 'dml', 'cpu'], false, open);
  assert.equal(choice.opened, 'session on cpu');
  assert.equal(choice.provider, 'cpu');
  assert.deepEqual(choice.rejected, [
    { provider: 'cuda', reason: 'no cuda here' },
    { provider: 'dml', reason: 'no dml here' },
  ]);
  assert.deepEqual(tried, ['cuda', 'dml', 'cpu']);
});

test('what comes after the first that loads is not tried', async () => {
  const { open, tried } = machineWith('cuda', 'cpu');
  assert.equal((await openFirstProvider(['cuda', 'cpu'], false, open)).provider, 'cuda');
  assert.deepEqual(tried, ['cuda']);
});

test('strict tries the first provider only', async () => {
  const { open, tried } = machineWith('cpu');
  await assert.rejects(openFirstProvider(['cuda', 'cpu'], true, open), {
    code: 'PROVIDER_UNAVAILABLE',
    message: /cuda: no cuda here.*model\.strict/,
  });
  assert.deepEqual(tried, ['cuda']);
});

test('when none loads the error has every reason', async () => {
  const { open } = machineWith();
  await assert.rejects(openFirstProvider(['cuda', 'dml'], false, open), {
    code: 'PROVIDER_UNAVAILABLE',
    message: /cuda: no cuda here; dml: no dml here/,
  });
});

test('an error of the bundle is not taken for one of the provider', async () => {
  const damaged = new AgentError('MODEL_HASH', 'damaged');
  const open = () => Promise.reject(damaged);
  await assert.rejects(openFirstProvider(['cuda', 'cpu'], false, open), damaged);
});

const file = { path: 'x', sha256: '' };

test('by itself a CPU gets int8, and CUDA and DirectML get fp16', () => {
  const files = { fp32: file, fp16: file, int8: file };
  assert.equal(choosePrecision('auto', 'cpu', files), 'int8');
  assert.equal(choosePrecision('auto', 'cuda', files), 'fp16');
  assert.equal(choosePrecision('auto', 'dml', files), 'fp16');
});

test('without the preferred file the next best is taken', () => {
  assert.equal(choosePrecision('auto', 'cpu', { fp32: file, fp16: file }), 'fp32');
  assert.equal(choosePrecision('auto', 'cuda', { fp32: file, int8: file }), 'fp32');
  assert.equal(choosePrecision('auto', 'cuda', { int8: file }), 'int8');
});

test('a precision that was asked for is kept', () => {
  assert.equal(choosePrecision('fp32', 'cpu', { int8: file }), 'fp32');
});
