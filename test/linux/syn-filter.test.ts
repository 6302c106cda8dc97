// The end of a listening socket, seen from clients: who is connected is served, and who is not learns nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as libc from '../../src/linux/libc.js';
import { closeFd, pollNow, sendBytes } from '../../src/linux/sockets.js';
import { dropSyns } from '../../src/linux/syn-filter.js';
import { acceptFrom, awaitReady, connecting, IPV4, IPV6, listening, POLLIN, POLLOUT, readNow } from './peers.js';

for (const [family, ip] of [
  ['IPv4', IPV4],
  ['IPv6', IPV6],
] as const) {
  test(`${family}: clients that are connected are accepted and served, others do not connect any more`, () => {
    const { fd, port } = listening(ip);
    const early = [connecting(port, ip), connecting(port, ip)];
    assert.equal(dropSyns(fd), 0);
    const late = connecting(port, ip);
    for (const client of early) {
      const accepted = acceptFrom(fd);
      sendBytes(accepted, Buffer.from('hello'));
      awaitReady(client, POLLIN);
      assert.deepEqual(readNow(client), Buffer.from('hello'));
      sendBytes(client, Buffer.from('thanks'));
      awaitReady(accepted, POLLIN);
      assert.deepEqual(readNow(accepted), Buffer.from('thanks'));
      closeFd(accepted);
      awaitReady(client, POLLIN);
      assert.equal((readNow(client) as Buffer).length, 0, 'its end of stream');
      closeFd(client);
    }
    assert.ok(libc.accept4(fd, 0, 0, 0x800) < 0, 'nobody else is there');
    assert.equal(pollNow(late, POLLOUT), 0, 'it still waits');
    closeFd(fd);
    closeFd(late);
  });
}

test('what is no socket has no filter', () => {
  assert.ok(dropSyns(-1) < 0);
});
