// Pairs of sockets whose ends are with two threads, each with fds of its own.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { recv } from '../../src/linux/libc.js';
import { mapMemory, unmap } from '../../src/linux/memory.js';
import { duplicate, isHungUp, makeReset, sentFd, socketPair } from '../../src/linux/pairs.js';
import { closeFd, sendBytes, shutdownWrite } from '../../src/linux/sockets.js';

function pair(): [number, number] {
  const made = socketPair();
  assert.ok(typeof made !== 'number');
  return [made[0], made[1]];
}

test('a number that has become somebody else’s is not duplicated', () => {
  const [one, other] = pair();
  const sent = sentFd(one);
  const own = duplicate(sent) as number;
  assert.ok(own !== one && own > 0);
  closeFd(own);
  closeFd(one);
  assert.equal(duplicate(sent), undefined);
  // The kernel gives the lowest free number.
  const [again, another] = pair();
  assert.equal(again, one);
  assert.equal(duplicate(sent), undefined);
  for (const fd of [other, again, another]) closeFd(fd);
});

test('an end of stream is told from a close', () => {
  const [one, other] = pair();
  assert.equal(isHungUp(one), false);
  shutdownWrite(other);
  assert.equal(isHungUp(one), false);
  closeFd(other);
  assert.equal(isHungUp(one), true);
  closeFd(one);
});

test('a close is made a reset, behind the bytes that came before', () => {
  const [one, other] = pair();
  const near = sentFd(one);
  sendBytes(other, Buffer.from('before'));
  makeReset(near);
  closeFd(other);
  const memory = mapMemory(4096);
  try {
    assert.equal(recv(one, memory.address, 100, 0), 6);
    assert.equal(recv(one, memory.address, 100, 0), -constants.errno.ECONNRESET);
  } finally {
    unmap(memory);
    closeFd(one);
  }
});
