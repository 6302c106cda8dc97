import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Target, targetOfName } from '../../../../src/protocol/address/target.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import { FAILURES, type FailureCode } from '../../../../src/protocol/race/failure.js';
import { AttemptBudget } from '../../../../src/workers/connection/shared/attempt-budget.js';
import { AttemptRoom, type RoomTaker } from '../../../../src/workers/connection/shared/attempt-room.js';
import { Crowds } from '../../../../src/workers/connection/shared/crowds.js';
import { defaultOptions } from '../../../helpers/default-options.js';

const TARGET = targetOfName('a.test', 1) as Target;
const OTHER = targetOfName('b.test', 1) as Target;

/** A line to a proxy with a crowd of attempts for one destination, which has its largest size. */
function crowded(): { room: AttemptRoom; attempts: RoomTaker[] } {
  const options = defaultOptions();
  const crowds = new Crowds({ limits: { ...options.limits, connections_max: 64 }, workers: 1 }, new DeadlineWheel(0));
  const room = new AttemptRoom(new AttemptBudget(options), crowds, [{ name: 'proxy', isDirect: false }], {
    crowded() {},
  });
  const attempts: RoomTaker[] = [];
  while (room.isOpen(0, TARGET)) {
    const attempt: RoomTaker = { candidate: { line: 0 }, crowd: undefined };
    room.take(attempt, TARGET);
    attempts.push(attempt);
  }
  return { room, attempts };
}

const counted = (attempts: readonly RoomTaker[]): RoomTaker =>
  attempts.find(({ crowd }) => crowd !== undefined) ?? assert.fail('no attempt is counted');

test('a connection makes room in a crowd', () => {
  const { room, attempts } = crowded();
  room.connected(counted(attempts));
  assert.equal(room.isOpen(0, TARGET), true);
});

test('of the failures, those that attempts in a loop may have make no room', () => {
  const open = (code: FailureCode): boolean => {
    const { room, attempts } = crowded();
    room.failed(counted(attempts), code, 0);
    return room.isOpen(0, TARGET);
  };
  const codes = Object.keys(FAILURES) as FailureCode[];
  const closed = codes.filter((code) => !open(code));
  assert.deepEqual(closed, ['unexplained', 'timed-out', 'host-unreachable']);
});

test('another destination has room', () => {
  const { room } = crowded();
  assert.equal(room.isOpen(0, OTHER), true);
});
