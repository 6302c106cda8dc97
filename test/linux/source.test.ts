// How a socket leaves: what the kernel is told before it connects, and what it answers.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { closeFd, localEndpoint, openStream } from '../../src/linux/sockets.js';
import { leaveFrom, reach, type SocketSource, tryToLeaveBy } from '../../src/linux/source.js';

const { ENODEV, EADDRNOTAVAIL } = constants.errno as Record<string, number>;
const ANY: SocketSource = { sourceIp: undefined, sourcePort: 0, device: undefined, mark: 0 };
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
const device = (name: string): Uint8Array => new TextEncoder().encode(name);

function leave(source: SocketSource): number | string {
  const fd = openStream(4);
  try {
    const result = leaveFrom(fd, source, 4);
    const local = localEndpoint(fd);
    return result < 0 || typeof local === 'number' ? result : local.ip.join('.');
  } finally {
    closeFd(fd);
  }
}

test('an address and an interface are set before connect', () => {
  assert.equal(leave(ANY), '0.0.0.0');
  assert.equal(leave({ ...ANY, sourceIp: Uint8Array.of(127, 0, 0, 7) }), '127.0.0.7');
  assert.equal(leave({ ...ANY, sourceIp: Uint8Array.of(127, 0, 0, 7), device: device('lo') }), '127.0.0.7');
  assert.equal(leave({ ...ANY, sourceIp: Uint8Array.of(198, 51, 100, 1) }), -EADDRNOTAVAIL);
});

test('an interface that is not there is an error of its own', () => {
  // A shorter name after a longer one: nothing is left of that.
  assert.equal(leave({ ...ANY, device: device('fifteen-letters') }), -ENODEV);
  assert.equal(leave({ ...ANY, device: device('lo') }), '0.0.0.0');
  assert.deepEqual(tryToLeaveBy({ device: device('gone0'), mark: 0 }), { code: 'unusable', error: 'ENODEV' });
  assert.deepEqual(tryToLeaveBy({ device: device('lo'), mark: 0 }), { code: 'usable' });
});

test('a way is looked for from the source', () => {
  assert.equal(reach(LOOPBACK, ANY), 0);
  assert.equal(reach(LOOPBACK, { ...ANY, device: device('lo') }), 0);
  assert.equal(reach(LOOPBACK, { ...ANY, device: device('gone0') }), -ENODEV);
  assert.equal(reach(LOOPBACK, { ...ANY, sourceIp: Uint8Array.of(198, 51, 100, 1) }), -EADDRNOTAVAIL);
});
