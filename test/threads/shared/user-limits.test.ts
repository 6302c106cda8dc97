// How many connections one user may have, whichever actor carries them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shares } from '../../../src/threads/shared/shares.js';
import { type UserLimitOptions, UserLimits, userSlotsFor } from '../../../src/threads/shared/user-limits.js';
import { UserTable } from '../../../src/threads/shared/user-table.js';

const FDS_MAX = 4096;

function house(options: Partial<UserLimitOptions>) {
  const memory = Shares.create(userSlotsFor({ connections_max: 100 }), FDS_MAX, 7);
  const time = { ms: 1000 };
  const clock = (): bigint => BigInt(time.ms) * 1000n;
  const users = UserTable.create();
  const actors = [0, 1].map(() => {
    const shares = new Shares(memory, clock);
    const table = new UserTable(users);
    const limits = new UserLimits(
      { user_connections_max: 0, user_rate: 0, user_bytes_max: 0, ...options },
      shares,
      table,
    );
    return { shares, limits, table };
  });
  return { actors, time };
}

test('a user has as many connections as it may, in all actors together, and others have theirs', () => {
  const { actors } = house({ user_connections_max: 3 });
  const [one, other] = actors.map(({ limits }) => limits);
  const came = [one, other, one, other, one].map((limits, index) => limits?.admit(10 + index, 'alice', undefined));
  assert.deepEqual(came, [undefined, undefined, undefined, 'connections', 'connections']);
  assert.equal(other?.admit(20, 'bob', undefined), undefined);
  actors[1]?.shares.closing(10);
  assert.deepEqual(
    [one?.admit(21, 'alice', undefined), other?.admit(22, 'alice', undefined)],
    [undefined, 'connections'],
  );
});

test('a user’s own limits take the place of those of all, and 0 is no limit', () => {
  const { actors } = house({ user_connections_max: 1, user_rate: 1 });
  const limits = actors[0]?.limits;
  const own = { connections_max: 2, rate: 0 };
  assert.deepEqual(
    [1, 2, 3].map((fd) => limits?.admit(fd, 'alice', own)),
    [undefined, undefined, 'connections'],
  );
  const free = { connections_max: 0, rate: 0 };
  for (let fd = 10; fd < 100; fd += 1) assert.equal(limits?.admit(fd, 'bob', free), undefined);
  assert.equal(actors[0]?.shares.holderOf(10), -1, 'nothing is counted without a limit');
  const half = { connections_max: undefined, rate: 0 };
  assert.deepEqual([limits?.admit(100, 'carol', half), limits?.admit(101, 'carol', half)], [undefined, 'connections']);
});

test('a rate holds over all actors, and what it refuses does not count', () => {
  const { actors, time } = house({ user_rate: 5, user_connections_max: 12 });
  const [one, other] = actors.map(({ limits }) => limits);
  let fd = 10;
  const comes = (): string | undefined => {
    fd += 1;
    return (fd % 2 === 0 ? one : other)?.admit(fd, 'alice', undefined);
  };
  assert.deepEqual(
    Array.from({ length: 12 }, comes),
    Array.from({ length: 12 }, (_, index) => (index < 10 ? undefined : 'rate')),
  );
  time.ms += 1000;
  assert.deepEqual([comes(), comes(), comes()], [undefined, undefined, 'connections']);
});

test('a user that has carried what it may gets no connection until it may carry more', () => {
  const { actors } = house({ user_bytes_max: 50e9 });
  const [one, other] = actors;
  other?.table.setSpent('alice', true);
  other?.table.setSpent('bob', true);
  assert.equal(one?.limits.admit(10, 'alice', undefined), 'bytes');
  assert.equal(
    one?.limits.why('bytes', undefined),
    'it has carried as much in this month as limits.user_bytes_max allows (50 GB)',
  );
  const own = { connections_max: undefined, rate: undefined, bytes_max: 2000 };
  assert.equal(one?.limits.admit(10, 'alice', own), 'bytes');
  assert.equal(one?.limits.why('bytes', own), 'it has carried as much in this month as its own limits allow (2 kB)');
  assert.equal(one?.limits.admit(10, 'bob', { ...own, bytes_max: 0 }), undefined, 'it has no limit of its own');
  assert.equal(one?.limits.admit(11, 'carol', undefined), undefined);
  other?.table.setSpent('alice', false);
  assert.equal(one?.limits.admit(12, 'alice', undefined), undefined);
});
