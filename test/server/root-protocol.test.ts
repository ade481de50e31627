import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { SHERPA } from '../../agent/server/protocols/sherpa.ts';
import { voskProtocol } from '../../agent/server/protocols/vosk.ts';
import { refusal } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

const protocols = [SHERPA, voskProtocol({ sampleRate: 16000 })];

async function lastWord(url: string, end: string): Promise<string> {
  const socket = new WebSocket(url);
  let last = '';
  socket.on('message', (data) => {
    last = data.toString();
  });
  await once(socket, 'open');
  socket.send(end);
  await once(socket, 'close');
  return last;
}

test('at / a browser gets the page, and a client of Vosk its server', async (t) => {
  const { url, httpUrl } = await startTestServer(t, { protocols });
  assert.match(await (await fetch(`${httpUrl}/`)).text(), /<!doctype html>/);
  assert.equal(await lastWord(url, '{"eof" : 1}'), '{"text": ""}');
  assert.equal(await lastWord(`${url}/`, '{"eof" : 1}'), '{"text": ""}');
});

test('at / there is whom server.rootProtocol names, the others stay at their paths', async (t) => {
  const { url } = await startTestServer(t, { protocols, config: { rootProtocol: 'sherpa' } });
  assert.equal(await lastWord(url, 'Done'), 'Done!');
  assert.equal(await lastWord(`${url}/vosk`, '{"eof" : 1}'), '{"text": ""}');
});

test('server.rootProtocol none leaves / to the page', async (t) => {
  const { url, httpUrl } = await startTestServer(t, { protocols, config: { rootProtocol: 'none' } });
  assert.equal((await refusal(url)).statusCode, 404);
  assert.equal((await fetch(httpUrl)).status, 200);
});

test('who connects to / needs the token too, and a page of another origin is refused', async (t) => {
  const { url } = await startTestServer(t, { protocols, config: { token: 'secret' } });
  assert.equal((await refusal(url)).statusCode, 401);
  assert.equal(await lastWord(`${url}/?token=secret`, '{"eof" : 1}'), '{"text": ""}');
  assert.equal((await refusal(`${url}/?token=secret`, { Origin: 'http://evil.example' })).statusCode, 403);
});
