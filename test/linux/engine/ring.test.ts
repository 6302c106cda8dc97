// A ring whose kernel does not do what it is asked: nobody may go on as if it had. And in which order outcomes are told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ring } from '../../../src/linux/engine/ring.js';
import { UNRECORDED } from '../../../src/linux/ownership.js';
import { closeFd } from '../../../src/linux/sockets.js';
import { withoutUring } from '../../helpers/uring.js';

const NOP = 0;
const never = (): boolean => false;

function open(): Ring {
  const ring = Ring.open(4, 8, UNRECORDED);
  assert.ok(typeof ring !== 'number', `no ring: ${ring}`);
  return ring;
}

for (const [how, enter] of [
  ['submits', (ring: Ring) => ring.submit()],
  ['looks', (ring: Ring) => ring.enter(0, 0)],
  ['waits', (ring: Ring) => ring.enter(1, 1)],
] as const) {
  test(`a ring that takes nothing is an error where it ${how}`, { skip: withoutUring ?? false }, () => {
    const ring = open();
    let submissions = 0;
    ring.submitted = () => {
      submissions += 1;
    };
    ring.prepare(NOP, -1, 1, 2);
    enter(ring);
    assert.equal(submissions, 1);
    ring.prepare(NOP, -1, 3, 4);
    closeFd(ring.fd);
    assert.throws(() => enter(ring), /^Error: io_uring takes no submissions: EBADF$/);
    assert.equal(submissions, 1, 'what was not taken is not said to be');
    const heard: number[] = [];
    ring.drain((low) => heard.push(low), never);
    assert.deepEqual(heard, [1]);
    ring.close();
  });
}

test('what is urgent is told first, and nothing twice', { skip: withoutUring ?? false }, () => {
  const ring = open();
  for (const [low, high] of [
    [1, 0],
    [2, 7],
    [3, 0],
    [4, 7],
  ])
    ring.prepare(NOP, -1, low, high);
  ring.enter(4, 1000);
  const heard: number[] = [];
  const note = (low: number) => heard.push(low);
  assert.equal(
    ring.drain(note, (high) => high === 7),
    4,
  );
  assert.equal(
    ring.drain(note, (high) => high === 7),
    0,
  );
  assert.deepEqual(heard, [2, 4, 1, 3]);
  ring.close();
});

test('a ring in which nothing happens is none, however often it is looked at', { skip: withoutUring ?? false }, () => {
  const ring = open();
  for (let i = 0; i < 3; i += 1) {
    ring.enter(1, 1);
    ring.enter(0, 0);
    ring.submit();
  }
  ring.close();
});
