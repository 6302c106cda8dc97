// Listening sockets: every address that is asked for, or none and the reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeFd } from '../../../src/linux/sockets.js';
import { addressOf, letClientsIn, reserve } from '../../../src/main/accept/listen.js';
import { LISTENERS_MAX, type ListenOptions, loopbackListener } from '../../../src/protocol/listen-options.js';
import { openSockets } from '../../helpers/actors-world.js';

const asked = (host: string, port = 0): ListenOptions => ({
  ...loopbackListener(0),
  place: { kind: 'internet', host, port },
});

test('each listener has its place, and its address as its name', () => {
  const before = openSockets();
  const reserved = reserve([asked('127.0.0.1'), asked('127.0.0.2'), asked('::1')], 0);
  assert.ok(reserved.code === 'reserved');
  const hosts = reserved.listening.map((one) => {
    const { host, port } = addressOf([one]);
    assert.ok(port > 0);
    assert.equal(one.listener.name, host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
    assert.deepEqual(letClientsIn(one), { code: 'done' });
    return [one.listener.number, host];
  });
  assert.deepEqual(hosts, [
    [0, '127.0.0.1'],
    [1, '127.0.0.2'],
    [2, '::1'],
  ]);
  for (const { fd } of reserved.listening) closeFd(fd);
  assert.deepEqual(openSockets(), before);
});

test('a listener keeps what it says of quiet connections', () => {
  const quiet = { idle_timeout_ms: 0 };
  const reserved = reserve([{ ...asked('127.0.0.1'), quiet }, asked('127.0.0.1')], 0);
  assert.ok(reserved.code === 'reserved');
  assert.deepEqual(
    reserved.listening.map(({ listener }) => listener.quiet),
    [quiet, undefined],
  );
  for (const { fd } of reserved.listening) closeFd(fd);
});

test('when one address cannot be had, none is kept', () => {
  const before = openSockets();
  // 192.0.2.0/24 is for documentation: no machine has it.
  const reserved = reserve([asked('127.0.0.1'), asked('192.0.2.1', 7)], 0);
  assert.deepEqual(reserved, {
    code: 'failed',
    message: 'cannot listen on 192.0.2.1:7: this machine does not have that address (EADDRNOTAVAIL)',
  });
  assert.deepEqual(openSockets(), before);
});

test('there are no more listeners than a hand-off can name', () => {
  const before = openSockets();
  const reserved = reserve(
    Array.from({ length: LISTENERS_MAX + 1 }, () => asked('127.0.0.1')),
    0,
  );
  assert.deepEqual(reserved, { code: 'failed', message: '129 listeners are too many: there can be 128' });
  assert.deepEqual(openSockets(), before);
});
