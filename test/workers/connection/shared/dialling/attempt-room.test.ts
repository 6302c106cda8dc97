import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { type Target, targetOfName } from '../../../../../src/protocol/address/target.js';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import { FAILURES, type FailureCode } from '../../../../../src/protocol/race/failure.js';
import { AttemptBudget } from '../../../../../src/workers/connection/shared/dialling/attempt-budget.js';
import {
  AttemptRoom,
  type RoomSeeker,
  type RoomTaker,
} from '../../../../../src/workers/connection/shared/dialling/attempt-room.js';
import { Crowds } from '../../../../../src/workers/connection/shared/dialling/crowds.js';
import { defaultOptions } from '../../../../helpers/default-options.js';

const CLIENT = '192.0.2.1';

class Race implements RoomSeeker {
  readonly target: Target;
  readonly #ip: Uint8Array;
  waits = false;
  crowded: string[] | undefined;
  crowdOf: string | undefined;

  constructor(name: string, client: string) {
    this.target = targetOfName(name, 1) as Target;
    this.#ip = parseIp(client) as Uint8Array;
  }

  clientIp(): Uint8Array {
    return this.#ip;
  }

  clientName(): string {
    return '';
  }

  roomMade(): void {}
}

const another = (client = CLIENT): Race => new Race('a.test', client);

/** A line to a proxy with a crowd of attempts of one client for one destination, which has its largest size. */
function crowded(client = CLIENT): { room: AttemptRoom; attempts: RoomTaker[] } {
  const options = defaultOptions();
  const crowds = new Crowds({ limits: { ...options.limits, connections_max: 64 }, workers: 1 }, new DeadlineWheel(0));
  const room = new AttemptRoom(new AttemptBudget(options), crowds, [{ name: 'proxy', isDirect: false }], {
    crowded() {},
  });
  const attempts: RoomTaker[] = [];
  while (room.isOpen(another(client), 0)) {
    const attempt: RoomTaker = { candidate: { line: 0 }, crowd: undefined };
    room.take(another(client), attempt);
    attempts.push(attempt);
  }
  return { room, attempts };
}

const counted = (attempts: readonly RoomTaker[]): RoomTaker =>
  attempts.find(({ crowd }) => crowd !== undefined) ?? assert.fail('no attempt is counted');

test('a connection makes room in a crowd', () => {
  const { room, attempts } = crowded();
  room.connected(counted(attempts));
  assert.equal(room.isOpen(another(), 0), true);
});

test('of the failures, those that attempts in a loop may have make no room', () => {
  const open = (code: FailureCode): boolean => {
    const { room, attempts } = crowded();
    room.failed(counted(attempts), code, 0);
    return room.isOpen(another(), 0);
  };
  const codes = Object.keys(FAILURES) as FailureCode[];
  const closed = codes.filter((code) => !open(code));
  assert.deepEqual(closed, ['unexplained', 'timed-out', 'host-unreachable']);
});

test('another destination has room, and another client', () => {
  const { room } = crowded();
  assert.equal(room.isOpen(new Race('b.test', CLIENT), 0), true);
  assert.equal(room.isOpen(new Race('a.test', '192.0.2.2'), 0), true);
});

test('clients of one network of IPv6 are one', () => {
  const { room } = crowded('2001:db8::1');
  assert.equal(room.isOpen(new Race('a.test', '2001:db8::2'), 0), false);
  assert.equal(room.isOpen(new Race('a.test', '2001:db8:0:1::2'), 0), true);
});
