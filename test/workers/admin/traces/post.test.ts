// To collectors with one trick each.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Poster } from '../../../../src/workers/admin/traces/post.js';

async function collector(handle: RequestListener): Promise<{ server: Server; endpoint: string }> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces` };
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

test('a body is posted as JSON, over one connection', async () => {
  const heard: unknown[] = [];
  const { server, endpoint } = await collector((request, response) => {
    void text(request).then((body) => {
      heard.push([request.method, request.url, request.headers['content-type'], body, request.socket.remotePort]);
      response.end('{}');
    });
  });
  const poster = new Poster(endpoint);
  assert.deepEqual(await poster.post('{"a":"ü"}'), { code: 'taken' });
  assert.deepEqual(await poster.post('{}'), { code: 'taken' });
  poster.close();
  await end(server);
  const [[, , , , port]] = heard as [unknown[]];
  assert.deepEqual(heard, [
    ['POST', '/v1/traces', 'application/json', '{"a":"ü"}', port],
    ['POST', '/v1/traces', 'application/json', '{}', port],
  ]);
});

test('a collector may refuse, hang up, or be gone', async () => {
  let trick: RequestListener = (_, response) => response.writeHead(503).end('no');
  const { server, endpoint } = await collector((request, response) => trick(request, response));
  const poster = new Poster(endpoint);
  assert.deepEqual(await poster.post('{}'), { code: 'refused', detail: 'HTTP 503' });
  trick = (request) => request.socket.destroy();
  assert.equal((await poster.post('{}')).code, 'failed');
  await end(server);
  const gone = await poster.post('{}');
  assert.match(JSON.stringify(gone), /^\{"code":"failed","detail":".*ECONNREFUSED/);
  poster.close();
});

test('one that does not answer, or not to the end, is waited for no longer than that', async () => {
  let trick: RequestListener = () => {};
  const { server, endpoint } = await collector((request, response) => trick(request, response));
  const poster = new Poster(endpoint, 50);
  assert.deepEqual(await poster.post('{}'), { code: 'failed', detail: 'no answer in 50 ms' });
  trick = (_, response) => void response.writeHead(200).write('{');
  assert.equal((await poster.post('{}')).code, 'failed');
  const patient = new Poster(endpoint);
  const waiting = patient.post('{}');
  patient.close();
  poster.close();
  await end(server);
  assert.equal((await waiting).code, 'failed');
});
