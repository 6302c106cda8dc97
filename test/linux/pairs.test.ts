// Pairs of sockets whose ends are with two threads, each with fds of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duplicate, isHungUp, isUnfinished, markFinished, sentFd, socketPair } from '../../src/linux/pairs.js';
import { closeFd, openStream, shutdownWrite } from '../../src/linux/sockets.js';

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

test('each end is unfinished until the other side says that it is not', () => {
  const [one, other] = pair();
  const sent = sentFd(one);
  assert.deepEqual([isUnfinished(one), isUnfinished(other)], [true, true]);
  markFinished(sent);
  assert.deepEqual([isUnfinished(one), isUnfinished(other)], [false, true]);
  shutdownWrite(one);
  closeFd(one);
  // Both directions of the other end have ended, and nobody has said that it may.
  assert.deepEqual([isHungUp(other), isUnfinished(other)], [true, true]);
  // The number may be another's by now.
  const [again, another] = pair();
  assert.equal(again, one);
  markFinished(sent);
  assert.equal(isUnfinished(again), true);
  for (const fd of [other, again, another]) closeFd(fd);
});

test('a socket of another kind, or none at all, is not unfinished', () => {
  const fd = openStream(4);
  assert.equal(isUnfinished(fd), false);
  closeFd(fd);
  assert.equal(isUnfinished(fd), false);
});
