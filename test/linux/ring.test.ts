// A ring whose kernel does not do what it is asked: nobody may go on as if it had.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryUring } from '../../src/linux/choose.js';
import { UNRECORDED } from '../../src/linux/ownership.js';
import { Ring } from '../../src/linux/ring.js';
import { closeFd } from '../../src/linux/sockets.js';

const NOP = 0;

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
  test(`a ring that takes nothing is an error where it ${how}`, { skip: tryUring() ?? false }, () => {
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
    ring.drain((low) => heard.push(low));
    assert.deepEqual(heard, [1]);
    ring.close();
  });
}

test('a ring in which nothing happens is none, however often it is looked at', { skip: tryUring() ?? false }, () => {
  const ring = open();
  for (let i = 0; i < 3; i += 1) {
    ring.enter(1, 1);
    ring.enter(0, 0);
    ring.submit();
  }
  ring.close();
});
