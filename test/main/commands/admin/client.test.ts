// The client of the admin API, against a server that answers as a gateway does, or as none does.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { AdminClient } from '../../../../src/main/commands/admin/client.js';
import { complaintOf } from '../../../../src/main/commands/admin/complaint.js';
import { type AdminPlace, adminPlaceOf } from '../../../../src/protocol/admin-place.js';
import { AdminFixture } from '../../../helpers/admin-fixture.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-client-'));
after(() => rmSync(directory, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function fixture(path?: string): Promise<AdminFixture> {
  const made = await AdminFixture.open(path);
  closing.push(() => made.close());
  return made;
}

function clientOf(place: string, token: string | null = null): AdminClient {
  const client = new AdminClient(adminPlaceOf(place) as AdminPlace, token);
  closing.unshift(() => client.close());
  return client;
}

/** A server that says these bytes to whoever comes, and then ends or not. */
async function saying(bytes: string, ends: boolean): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => (ends ? socket.end(bytes) : socket.write(bytes)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

for (const path of [undefined, join(directory, 'admin')]) {
  test(`an answer comes from a ${path === undefined ? 'TCP' : 'Unix'} place, with the query that was asked`, async () => {
    const server = await fixture(path);
    server.answer('/api/v1/lines', { lines: [] });
    const client = clientOf(server.place);
    const query = { line: 'a b&c', limit: 5, user: undefined };
    assert.deepEqual(await client.ask('/api/v1/lines', query), { code: 'answered', value: { lines: [] } });
    assert.deepEqual(server.asked, ['GET /api/v1/lines?line=a+b%26c&limit=5']);
  });
}

test('the token is shown, and a refusal has the sentence of the gateway', async () => {
  const server = await fixture();
  server.token = 'secret-secret-secret';
  server.answer('/x', { fine: true });
  assert.deepEqual(await clientOf(server.place, server.token).ask('/x'), { code: 'answered', value: { fine: true } });
  const wrong = await clientOf(server.place).ask('/x');
  assert.deepEqual(wrong, { code: 'refused', status: 401, error: 'a token is needed' });
});

test('nobody at a place is told by the name of the error', async () => {
  assert.deepEqual(await clientOf(join(directory, 'none')).ask('/x'), { code: 'nobody', errno: 'ENOENT' });
  const server = await fixture();
  const { place } = server;
  await server.close();
  assert.deepEqual(await clientOf(place).ask('/x'), { code: 'nobody', errno: 'ECONNREFUSED' });
});

test('what is no HTTP, breaks off or is no JSON is no answer', async () => {
  const failed = async (bytes: string, ends: boolean) => clientOf(await saying(bytes, ends)).ask('/x');
  assert.deepEqual(await failed('SSH-2.0-x\r\n', false), {
    code: 'failed',
    why: 'what answers there does not speak HTTP',
  });
  assert.equal((await failed('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{', true)).code, 'failed');
  assert.equal((await failed('', true)).code, 'failed');
  const html = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>';
  assert.deepEqual(await failed(html, true), { code: 'refused', status: 200, error: undefined });
});

test('an answer without an end is given up', async () => {
  const place = await saying(`HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n${'x'.repeat(17_000_000)}`, false);
  const answer = await clientOf(place).ask('/x');
  assert.ok(answer.code === 'failed' && answer.why === 'an answer of more than 16 MiB', JSON.stringify(answer));
});

test('each way not to answer has a sentence of its own, and only where none runs the status is 3', () => {
  const place = adminPlaceOf('127.0.0.1:9090') as AdminPlace;
  const said = (answer: Parameters<typeof complaintOf>[0], hasToken = false) => {
    const { status, complaint } = complaintOf(answer, place, hasToken);
    return [status, complaint];
  };
  const none = 'no gateway runs at 127.0.0.1:9090';
  assert.deepEqual(said({ code: 'nobody', errno: 'ECONNREFUSED' }), [3, `${none} (nothing listens there)`]);
  assert.deepEqual(said({ code: 'nobody', errno: 'ENOENT' }), [3, `${none} (there is no such socket)`]);
  assert.deepEqual(said({ code: 'nobody', errno: 'EACCES' }), [
    1,
    'this user may not use 127.0.0.1:9090; only the user of the gateway may',
  ]);
  assert.deepEqual(said({ code: 'refused', status: 401, error: 'x' }, true), [
    1,
    'the token is not that of the gateway at 127.0.0.1:9090',
  ]);
  assert.match(String(said({ code: 'refused', status: 401, error: 'x' })[1]), /wants a token: .*--token-file/);
  assert.deepEqual(said({ code: 'refused', status: 400, error: 'query "line": no' }), [
    1,
    'the gateway at 127.0.0.1:9090 refuses: query "line": no',
  ]);
  assert.match(
    String(said({ code: 'refused', status: 404, error: undefined })[1]),
    /is no gateway, or one of another version/,
  );
  assert.match(
    String(said({ code: 'failed', why: 'no answer within 10 s' })[1]),
    /gave no answer: no answer within 10 s/,
  );
});

test('a place may be a path of a Unix socket, as the configuration has it', () => {
  for (const [text, path] of [
    ['/run/admin', '/run/admin'],
    ['unix:/run/admin', '/run/admin'],
    ['unix:admin.sock', 'admin.sock'],
  ] as const) {
    assert.deepEqual(adminPlaceOf(text), { kind: 'unix', path });
  }
  for (const text of ['unix:', 'admin.sock', '']) assert.equal(adminPlaceOf(text), undefined, text);
});
