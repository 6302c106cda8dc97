// What the site leaves to a gateway of a user's connections, as its connection actors see it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OnLoss } from '../../../src/protocol/share-options.js';
import { Shares } from '../../../src/threads/shared/shares.js';
import { SiteLeases } from '../../../src/threads/shared/site-leases.js';
import { liveOfUser, UserLimits, userSlotsFor } from '../../../src/threads/shared/user-limits.js';
import { USER_SLOTS, UserTable } from '../../../src/threads/shared/user-table.js';

const OPTIONS = { user_connections_max: 10, user_rate: 0, user_bytes_max: 0 };

function gateway(on_loss: OnLoss) {
  const memory = SiteLeases.create(USER_SLOTS);
  const time = { ms: 5000 };
  const clock = (): bigint => BigInt(time.ms) * 1000n;
  const [leases, claims] = [new SiteLeases(memory, clock), new SiteLeases(memory, clock)];
  const table = new UserTable(UserTable.create());
  const shares = new Shares(Shares.create(userSlotsFor({ connections_max: 100 }), 4096, 7), clock);
  const limits = new UserLimits(OPTIONS, shares, table, { leases, rules: { on_loss, gateways: 4 } });
  let fd = 10;
  /** How many of so many requests are admitted. */
  const admitted = (count: number, own?: number): number => {
    let admitted = 0;
    for (let one = 0; one < count; one += 1) {
      fd += 1;
      const limited = own === undefined ? undefined : { connections_max: own, rate: undefined };
      if (limits.admit(fd, 'alice', limited) === undefined) admitted += 1;
    }
    return admitted;
  };
  return { claims, table, shares, limits, time, admitted, slot: () => table.slotOf('alice') };
}

test('the first connections of a user are its local share, and then what was claimed for it', () => {
  const { claims, shares, limits, admitted, slot, time } = gateway('deny');
  claims.reached();
  assert.equal(claims.isReached, true);
  assert.equal(admitted(5), 2);
  assert.deepEqual([claims.asked(slot()), claims.takeRefused(slot()), claims.takeRefused(slot())], [5, 3, 0]);
  claims.grant(slot(), 6, 30_000);
  assert.equal(admitted(9), 4);
  assert.equal(liveOfUser(shares, 'alice'), 6);
  assert.equal(liveOfUser(shares, 'bob'), 0);
  assert.equal(
    limits.why('site', undefined),
    'it has as many connections as the site leaves to this gateway, of 10 in all',
  );
  claims.grant(slot(), 50, 30_000);
  assert.equal(admitted(9), 4, 'never more than the limit');
  assert.equal(limits.admit(99, 'alice', undefined), 'connections');
  assert.equal(admitted(3, 0), 3, 'a user without a limit is not the matter of the site');
  time.ms += 60_000;
});

test('a lease holds until it runs out, also without the engine; then the rule for its loss does', () => {
  for (const [on_loss, more] of [
    ['local-share', 0],
    ['allow', 6],
    ['deny', 0],
  ] as const) {
    const { claims, admitted, slot, time } = gateway(on_loss);
    claims.reached();
    admitted(1);
    claims.grant(slot(), 4, 30_000);
    time.ms += 29_999;
    assert.equal(claims.isReached, false);
    assert.equal(admitted(9), 3, on_loss);
    time.ms += 1;
    assert.equal(admitted(9), more, on_loss);
  }
});

test('a user that comes while the engine is lost has what the rule allows', () => {
  const first = (on_loss: OnLoss): number => gateway(on_loss).admitted(20);
  assert.deepEqual([first('local-share'), first('allow'), first('deny')], [2, 10, 0]);
});

test('a user whose lease was given back has its local share again', () => {
  const { claims, admitted, slot } = gateway('deny');
  claims.reached();
  admitted(1);
  claims.grant(slot(), 0, 30_000);
  assert.equal(admitted(3), 0);
  claims.drop(slot());
  assert.equal(admitted(3), 1);
});
