// The client of `explain` against gateways that answer as a script says.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { type Answer, visit } from '../../../../src/main/commands/explain/client.js';
import { type Target, targetOfName } from '../../../../src/protocol/address/target.js';

const TARGET = targetOfName('site.test', 443) as Target;
const REPLY = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80];

/** What the client says of a gateway that takes its greeting and does `after` with its request. */
async function visited(after: (socket: Socket) => void, tls = false): Promise<Answer['kind']> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once('data', () => after(socket));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { answer } = await visit({ host: '127.0.0.1', port }, TARGET, { tls, reply_ms: 20_000, handshake_ms: 20_000 });
  for (const socket of sockets) socket.destroy();
  server.close();
  return answer.kind;
}

const say = (socket: Socket, ...bytes: readonly number[]): void => void socket.write(Uint8Array.from(bytes));
const WORD = [50, 50, 48, 32];

test('a destination that speaks first is heard, also where its word comes with the reply, or it ends there', async () => {
  assert.equal(await visited((socket) => say(socket, ...REPLY, ...WORD)), 'spoke-first');
  assert.equal(await visited((socket) => socket.end(Uint8Array.from([...REPLY, ...WORD]))), 'spoke-first');
  const later = (socket: Socket): void => {
    say(socket, ...REPLY);
    setImmediate(() => say(socket, ...WORD));
  };
  assert.equal(await visited(later), 'spoke-first');
});

test('one that says nothing waits, and one that ends has ended', async () => {
  assert.equal(await visited((socket) => say(socket, ...REPLY)), 'waits');
  assert.equal(await visited((socket) => socket.end(Uint8Array.from(REPLY))), 'ended');
});

test('what answers a TLS hello with something else has failed at TLS', async () => {
  const plain = (socket: Socket): void => {
    say(socket, ...REPLY);
    socket.once('data', () => say(socket, ...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')));
  };
  assert.equal(await visited(plain, true), 'tls-failed');
  assert.equal(await visited((socket) => say(socket, ...REPLY, ...WORD, 0, 0, 0), true), 'tls-failed');
});

test('a gateway that refuses, ends or resets has not connected', async () => {
  assert.equal(await visited((socket) => say(socket, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0)), 'not-connected');
  const begun = performance.now();
  assert.equal(await visited((socket) => socket.end()), 'not-connected');
  assert.equal(await visited((socket) => socket.resetAndDestroy()), 'not-connected');
  assert.ok(performance.now() - begun < 15_000, 'it waited for a reply that cannot come');
});
