// Pipes are lent within a bound, come back to be lent again, and leave no fd behind; bytes go through them unchanged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN } from '../../src/linux/errno.js';
import * as libc from '../../src/linux/libc.js';
import { UNRECORDED } from '../../src/linux/ownership.js';
import { type Pipe, PipePool, spliceIn, spliceOut } from '../../src/linux/pipes.js';
import { sendBytes, shutdownWrite } from '../../src/linux/sockets.js';
import { acceptFrom, awaitReady, connecting, listening, openFds, POLLIN, POLLOUT, readNow } from './peers.js';

test('pipes are lent up to the bound, and again when they have come back', () => {
  const before = openFds().size;
  const pool = new PipePool(2, UNRECORDED);
  const first = pool.borrow() as Pipe;
  const second = pool.borrow() as Pipe;
  assert.equal(pool.borrow(), undefined);
  pool.giveBack(first);
  assert.equal(pool.borrow(), first);
  // One that had bytes in it is closed, and makes room for a new one.
  second.filled = 1;
  pool.giveBack(second);
  assert.equal(openFds().size, before + 2);
  const third = pool.borrow() as Pipe;
  assert.equal(pool.borrow(), undefined);
  for (const pipe of [first, third]) pool.giveBack(pipe);
  pool.destroy();
  assert.equal(openFds().size, before);
});

test('a pool of none lends none', () => {
  const pool = new PipePool(0, UNRECORDED);
  assert.equal(pool.borrow(), undefined);
  pool.destroy();
});

test('what is owned is told, and no more when it is closed', () => {
  const owned = new Set<number>();
  const ownership = { ...UNRECORDED, opened: (fd: number) => owned.add(fd), closing: (fd: number) => owned.delete(fd) };
  const pool = new PipePool(1, ownership);
  const pipe = pool.borrow() as Pipe;
  assert.deepEqual(owned, new Set([pipe.read, pipe.write]));
  pool.giveBack(pipe);
  pool.destroy();
  assert.equal(owned.size, 0);
});

test('bytes go from socket to socket unchanged, an empty source and its end are told apart', () => {
  const { fd: listener, port } = listening();
  const connection = () => {
    const near = connecting(port);
    awaitReady(near, POLLOUT);
    return { near, far: acceptFrom(listener) };
  };
  const [source, sink] = [connection(), connection()];
  const pool = new PipePool(1, UNRECORDED);
  const pipe = pool.borrow() as Pipe;
  assert.equal(spliceIn(source.far, pipe), -EAGAIN);
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  assert.equal(sendBytes(source.near, bytes), bytes.length);
  awaitReady(source.far, POLLIN);
  const filled = spliceIn(source.far, pipe);
  assert.equal(filled, bytes.length);
  assert.equal(spliceOut(pipe, sink.near, 1000), 1000);
  assert.equal(spliceOut(pipe, sink.near, filled - 1000), filled - 1000);
  const came: number[] = [];
  while (came.length < bytes.length) {
    awaitReady(sink.far, POLLIN);
    const part = readNow(sink.far, bytes.length);
    assert.ok(typeof part !== 'number');
    came.push(...part);
  }
  assert.deepEqual(came, [...bytes]);
  shutdownWrite(source.near);
  awaitReady(source.far, POLLIN);
  assert.equal(spliceIn(source.far, pipe), 0);
  pool.giveBack(pipe);
  pool.destroy();
  for (const fd of [source.near, source.far, sink.near, sink.far, listener]) libc.close(fd);
});

test('with another bound, pipes that are too many are closed at once, or when they are given back', () => {
  const before = openFds().size;
  const pool = new PipePool(3, UNRECORDED);
  const [one, two, three] = [pool.borrow(), pool.borrow(), pool.borrow()] as [Pipe, Pipe, Pipe];
  pool.giveBack(three);
  pool.setMax(1);
  assert.equal(openFds().size, before + 4);
  assert.equal(pool.borrow(), undefined);
  pool.giveBack(two);
  assert.equal(openFds().size, before + 2);
  pool.setMax(2);
  const other = pool.borrow() as Pipe;
  for (const pipe of [one, other]) pool.giveBack(pipe);
  assert.equal(openFds().size, before + 4);
  pool.destroy();
  assert.equal(openFds().size, before);
});
