import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketPair } from '../../src/linux/pairs.js';
import { closeFd, sendBytes } from '../../src/linux/sockets.js';
import { hasLostDevice, type TcpInfo, tcpInfo } from '../../src/linux/tcp-info.js';
import { silence, unsilence } from '../helpers/silence.js';
import { until } from '../helpers/until.js';
import { awaitReady, connectedPair, IPV4, IPV6, POLLIN, readNow } from './peers.js';

const info = (fd: number): TcpInfo => tcpInfo(fd) ?? assert.fail('it is no TCP socket');

for (const ip of [IPV4, IPV6]) {
  test(`what is not acknowledged, and the tries, are told (${ip.length} bytes)`, async () => {
    const [near, far] = connectedPair(ip);
    sendBytes(near, Buffer.from('one'));
    awaitReady(far, POLLIN);
    await until('it is acknowledged', () => info(near).unacked === 0);
    const { retransmits, backoff, notSent, rto_ms, heard_ms } = info(near);
    assert.deepEqual([retransmits, backoff, notSent], [0, 0, 0]);
    assert.ok(rto_ms >= 100 && rto_ms <= 3000, `${rto_ms}`);
    assert.ok(heard_ms < 10_000, `${heard_ms}`);
    assert.equal(silence(far), 0);
    sendBytes(near, Buffer.from('two'));
    assert.equal(info(near).unacked, 1);
    await until('it is sent again twice', () => info(near).retransmits >= 2);
    const waiting = info(near);
    assert.equal(waiting.backoff, waiting.retransmits);
    // It was sent again at the last time-out.
    assert.ok(waiting.sent_ms < waiting.heard_ms, `${waiting.sent_ms} ${waiting.heard_ms}`);
    assert.ok(waiting.heard_ms >= 3 * (waiting.rto_ms / 2 ** waiting.backoff), `${waiting.heard_ms}`);
    assert.equal(unsilence(far), 0);
    await until('it is acknowledged after all', () => info(near).unacked === 0);
    assert.ok(info(near).heard_ms < waiting.heard_ms);
    assert.deepEqual(readNow(far), Buffer.from('onetwo'));
    closeFd(near);
    closeFd(far);
  });
}

test('a socket that is no TCP socket tells nothing', () => {
  const [near, far] = socketPair() as [number, number];
  assert.equal(tcpInfo(near), undefined);
  assert.equal(hasLostDevice(near), false);
  closeFd(near);
  closeFd(far);
  assert.equal(tcpInfo(near), undefined);
  assert.equal(hasLostDevice(near), false);
});
