// A socket that is reset is closed in any state, and its peer sees a reset wherever the end of stream was not on its way.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type ListenOptions, Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { resetSocket } from '../../src/dial/reset.js';
import { isError } from '../../src/linux/result.js';
import { pendingError } from '../../src/linux/sockets.js';
import { nothingLeft } from '../helpers/nothing-left.js';

afterEach(() => nothingLeft(/TCP/));

/** Two ends of a connection; `ended` says how the far one ended. */
async function connected(place: ListenOptions): Promise<{ near: Socket; ended: Promise<string> }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(place);
  await once(server, 'listening');
  const address = server.address() as AddressInfo | string;
  const [path, port] = typeof address === 'string' ? [address, 0] : ['', address.port];
  const near = path === '' ? connect({ port, allowHalfOpen: true }) : connect({ path, allowHalfOpen: true });
  const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'connect')])) as [[Socket], unknown];
  server.close();
  const ended = new Promise<string>((resolve) => {
    far.on('error', ({ code }: NodeJS.ErrnoException) => resolve(`${code}`));
    far.on('end', () => {
      // libuv takes a reset that comes right behind bytes for an end, and leaves its error unread.
      const { _handle: handle } = far as Socket & { _handle?: { fd: number } };
      resolve(isError(pendingError(handle?.fd ?? -1)) ? 'ECONNRESET' : 'end');
      far.destroy();
    });
  });
  far.resume();
  return { near, ended };
}

/** Resolves with the close, also behind an error. */
const closeOf = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

const TCP = { port: 0, host: '127.0.0.1' };

for (const [state, before, seen] of [
  ['silent', () => {}, 'ECONNRESET'],
  ['about to write', (near: Socket) => near.write('x'), 'ECONNRESET'],
  ['ending in this turn', (near: Socket) => near.end(), 'end'],
  ['ending behind bytes', (near: Socket) => near.end('x'), 'end'],
] as const) {
  test(`a socket that is ${state} is closed, and tells so`, async () => {
    const { near, ended } = await connected(TCP);
    const closed = closeOf(near);
    before(near);
    resetSocket(near);
    await closed;
    assert.equal(await ended, seen);
  });
}

test('a socket whose end has been sent is closed', async () => {
  const { near, ended } = await connected(TCP);
  near.end();
  await once(near, 'finish');
  const closed = closeOf(near);
  resetSocket(near);
  await closed;
  assert.match(await ended, /end|ECONNRESET/);
});

test('bytes that wait for room before the end are not taken for all: the peer sees a reset', async () => {
  const { near, ended } = await connected(TCP);
  near.end(Buffer.alloc(64 << 20));
  const closed = closeOf(near);
  resetSocket(near);
  await closed;
  assert.equal(await ended, 'ECONNRESET');
});

test('a Unix socket, one that is connecting, and one that is closed already are closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reset-'));
  try {
    const { near, ended } = await connected({ path: join(folder, 'server') });
    const closed = closeOf(near);
    resetSocket(near);
    await closed;
    assert.equal(await ended, 'end');
    resetSocket(near);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const server = new Server().listen(TCP);
  await once(server, 'listening');
  const early = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const closed = closeOf(early);
  resetSocket(early);
  await closed;
  server.close();
  await once(server, 'close');
});
