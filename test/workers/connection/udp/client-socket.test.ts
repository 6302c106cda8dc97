// Datagrams that the kernel has joined (UDP GRO): those one behind the other with the same header go on together, and no other ones.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Handler, Socket } from '../../../../src/linux/engine/socket.js';
import { closeFd } from '../../../../src/linux/sockets.js';
import { ClientEndpoint } from '../../../../src/protocol/udp/client-endpoint.js';
import type { Drop } from '../../../../src/protocol/udp/drop.js';
import { headerOfIp } from '../../../../src/protocol/udp/header.js';
import { ClientSocket } from '../../../../src/workers/connection/udp/client-socket.js';
import { IPV4 } from '../../../linux/peers.js';
import { udpSocket } from '../../../linux/udp/peers.js';
import { batchOf, textsOf } from './flows/flow-world.js';

const headerOf = (last: number): string => Buffer.from(headerOfIp(Uint8Array.of(1, 0, 2, last), 53)).toString('latin1');
const [A, B] = [headerOf(1), headerOf(2)];
const FRAGMENT = `\0\0\x01${A.slice(3)}`;

/** What goes on of these datagrams, in groups, and what is dropped. A flow that `isRefused` takes nothing. */
function passed(datagrams: readonly string[], isRefused = false): { groups: string[][]; dropped: [Drop, number][] } {
  const { fd } = udpSocket();
  const groups: string[][] = [];
  const dropped: [Drop, number][] = [];
  const nothing = (): void => assert.fail('nothing is sent');
  const engine = {
    adopt: (own: number, handler: Handler) => new Socket(own, handler, 0, 0),
    receiveDatagrams: () => {},
    ...{ close: nothing, sendDatagrams: nothing, sendDatagramCopy: nothing },
  };
  const udpTally = { dropped: (cause: Drop, count: number) => void dropped.push([cause, count]) };
  const socket = new ClientSocket({ engine, udpTally }, fd, new ClientEndpoint(IPV4, 0), {
    headerAt: (bytes, start, size) => (isRefused ? undefined : bytes.slice(start, start + size)),
    send: (out) => void groups.push(textsOf(out)),
  });
  socket.onDatagrams(new Socket(fd, socket, 0, 0), batchOf(IPV4, 4000, ...datagrams));
  closeFd(fd);
  return { groups, dropped };
}

describe('joined datagrams of a client', () => {
  test('of one destination go on together, the last of them shorter', () => {
    assert.deepEqual(passed([`${A}one`, `${A}two`, `${A}3`]), { groups: [['one', 'two', '3']], dropped: [] });
    assert.deepEqual(passed([`${A}only`]), { groups: [['only']], dropped: [] });
    assert.deepEqual(passed([`${A}one`, A]), { groups: [['one', '']], dropped: [] });
  });

  test('of several destinations go on in their order', () => {
    const { groups, dropped } = passed([`${A}1`, `${A}2`, `${B}3`, `${A}4`, `${B}5`, `${B}6`]);
    assert.deepEqual([groups, dropped], [[['1', '2'], ['3'], ['4'], ['5', '6']], []]);
  });

  test('are judged one by one: what is no datagram for anybody is left out', () => {
    const { groups, dropped } = passed([`${A}1`, `${FRAGMENT}2`, `${A}3`, `garbage....`, `${A}5`, 'x']);
    assert.deepEqual(groups, [['1'], ['3'], ['5']]);
    assert.deepEqual(dropped, [
      ['fragment', 1],
      ['bad-header', 1],
      ['bad-header', 1],
    ]);
  });

  test('of a destination without a flow are asked for one by one', () => {
    assert.deepEqual(passed([`${A}1`, `${A}2`], true), { groups: [], dropped: [] });
  });
});
