// Orders of tunnels without a TLS actor behind them: what is sent, and which ends are closed when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { duplicate, isUnfinished, sentFd } from '../../../../src/linux/pairs.js';
import { closeFd } from '../../../../src/linux/sockets.js';
import type { TunnelOrder } from '../../../../src/threads/contracts/tls.js';
import { Tunnels } from '../../../../src/workers/connection/shared/tunnels.js';
import { listening, openFds } from '../../../linux/peers.js';
import { Books } from '../../../linux/world.js';

const IP = Uint8Array.of(192, 0, 2, 1);

function ordered(tunnels: Tunnels) {
  const order = tunnels.order(3, IP);
  assert.ok(order.code === 'ordered', order.code);
  return order;
}

test('without a TLS actor an order fails at once, and leaves nothing', () => {
  const before = openFds();
  const tunnels = new Tunnels(new Books());
  const order = tunnels.order(3, IP);
  assert.deepEqual([order.code, order.code !== 'ordered' && order.whose], ['internal', 'us']);
  assert.deepEqual(openFds(), before);
});

test('an order has the line, the address and both ends, and the far one is closed when the tunnel is open', () => {
  const books = new Books();
  const tunnels = new Tunnels(books);
  const { port1, port2 } = new MessageChannel();
  tunnels.connect(port1);
  const { near, far } = ordered(tunnels);
  const order = receiveMessageOnPort(port2)?.message as TunnelOrder;
  assert.deepEqual([order.line, [...order.ip], order.far, order.near], [3, [...IP], far, sentFd(near)]);
  const theirs = duplicate(order.far) as number;
  const tcp = listening().fd;
  tunnels.opened(near, far, theirs, sentFd(tcp));
  assert.equal(tunnels.tcpOf(near), tcp);
  const keepalive = { idle_s: 9, interval_s: 3, probes: 2 };
  tunnels.setKeepAlive(near, keepalive);
  assert.deepEqual(receiveMessageOnPort(port2)?.message, { tcp: sentFd(tcp), keepalive });
  assert.equal(duplicate(far), undefined);
  assert.deepEqual([isUnfinished(theirs), tunnels.isBroken(near)], [true, true]);
  tunnels.finish(near);
  assert.deepEqual([isUnfinished(theirs), tunnels.isBroken(near)], [false, true]);
  // Any other socket is left alone.
  tunnels.finish(near);
  tunnels.finish(theirs);
  tunnels.letGo(far);
  closeFd(tcp);
  assert.equal(tunnels.tcpOf(near), undefined);
  tunnels.setKeepAlive(near, keepalive);
  assert.equal(receiveMessageOnPort(port2), undefined);
  for (const fd of [near, theirs]) closeFd(fd);
  tunnels.close();
  assert.deepEqual([books.objections, [...books.fds]], [[], []]);
});

test('a dead TLS actor closes the far ends of its orders, and of no others', async () => {
  const books = new Books();
  const tunnels = new Tunnels(books);
  const [first, second] = [new MessageChannel(), new MessageChannel()];
  tunnels.connect(first.port1);
  const one = ordered(tunnels);
  tunnels.connect(second.port1);
  const other = ordered(tunnels);
  // The port that has been replaced closes later.
  first.port2.close();
  await setImmediate();
  assert.notEqual(duplicateAndClose(other.far), undefined);
  second.port2.close();
  while (books.fds.size > 0) await setImmediate();
  assert.deepEqual(
    [one, other].map(({ far }) => duplicateAndClose(far)),
    [undefined, undefined],
  );
  assert.notEqual(tunnels.order(3, IP).code, 'ordered');
  for (const { near } of [one, other]) closeFd(near);
  assert.deepEqual(books.objections, []);
});

function duplicateAndClose(far: { readonly fd: number; readonly inode: number }): number | undefined {
  const own = duplicate(far);
  if (own !== undefined) closeFd(own);
  return own;
}
