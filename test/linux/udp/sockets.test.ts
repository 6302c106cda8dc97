// UDP sockets: their ports, and what their error queues tell.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { EADDRINUSE, EADDRNOTAVAIL } from '../../../src/linux/errno.js';
import { closeFd, localEndpoint } from '../../../src/linux/sockets.js';
import { readUdpErrors } from '../../../src/linux/udp/errors.js';
import { bindWithin, openUdp } from '../../../src/linux/udp/sockets.js';
import { IPV4, openFds } from '../peers.js';
import { leftOpen } from '../world.js';
import { udpSocket } from './peers.js';

const before = openFds();
afterEach(() => assert.deepEqual(leftOpen(before), []));

/** Three ports in a row that are free now. */
function freeRange(): number {
  for (;;) {
    const { fd, local } = udpSocket();
    closeFd(fd);
    const first = local.port;
    const fds = [0, 1, 2].map((more) => bound(first + more));
    for (const each of fds) if (each >= 0) closeFd(each);
    if (fds.every((each) => each >= 0)) return first;
  }
}

function bound(port: number): number {
  const fd = openUdp(4);
  const result = bindWithin(fd, IPV4, port, port, 0);
  if (result >= 0) return fd;
  closeFd(fd);
  return result;
}

test('a port of a range: from the one that is asked for on, round to it again, and an error when none is free', () => {
  const first = freeRange();
  const ports: number[] = [];
  const fds: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    const fd = openUdp(4);
    fds.push(fd);
    ports.push(bindWithin(fd, IPV4, first, first + 2, 1));
  }
  assert.deepEqual(ports, [first + 1, first + 2, first, -EADDRINUSE]);
  assert.deepEqual(localEndpoint(fds[0]), { ip: new Uint8Array(IPV4), port: first + 1 });
  for (const fd of fds) closeFd(fd);
});

test('an address that this machine does not have is no matter of ports', () => {
  const fd = openUdp(4);
  assert.equal(bindWithin(fd, new Uint8Array([192, 0, 2, 1]), 20_000, 20_999, 0), -EADDRNOTAVAIL);
  closeFd(fd);
});

test('an IPv6 socket has no IPv4 peers', () => {
  const six = openUdp(16);
  const port = bindWithin(six, new Uint8Array(16), 1024, 65_535, 30_000);
  assert.ok(port > 0);
  const four = openUdp(4);
  assert.equal(bindWithin(four, new Uint8Array(4), port, port, 0), port);
  closeFd(six);
  closeFd(four);
});

test('an empty error queue tells nothing', () => {
  const { fd } = udpSocket();
  readUdpErrors(fd, () => assert.fail('there was no error'));
  closeFd(fd);
});
