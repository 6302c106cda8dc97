import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSpentAtSite, localShare } from '../../../../src/protocol/share/quota/site-budget.js';
import type { OnLoss } from '../../../../src/protocol/share-options.js';

const LIMIT = 1000;
const lost = (on_loss: OnLoss, isLost = true) => ({ on_loss, gateways: 4, isLost });

test('a budget is spent when all gateways together have used it', () => {
  const rules = lost('deny', false);
  assert.equal(isSpentAtSite({ own: 400, limit: LIMIT }, { own: 300, others: 599 }, rules), false);
  assert.equal(isSpentAtSite({ own: 401, limit: LIMIT }, { own: 300, others: 599 }, rules), true);
  assert.equal(isSpentAtSite({ own: 999, limit: LIMIT }, undefined, rules), false);
});

test('without the engine each gateway uses its part of what was left, all of it, or nothing', () => {
  const known = { own: 200, others: 400 };
  const spent = (on_loss: OnLoss, own: number) => isSpentAtSite({ own, limit: LIMIT }, known, lost(on_loss));
  assert.deepEqual([spent('local-share', 299), spent('local-share', 300)], [false, true]);
  assert.deepEqual([spent('allow', 599), spent('allow', 600)], [false, true]);
  assert.deepEqual([spent('deny', 0), spent('deny', 600)], [true, true]);
  const alone = (own: number) => isSpentAtSite({ own, limit: LIMIT }, undefined, lost('local-share'));
  assert.deepEqual([alone(249), alone(250)], [false, true]);
});

test('of a sum that cannot be, nothing is taken from the part of this gateway', () => {
  const known = { own: 0, others: Number.MAX_SAFE_INTEGER };
  const rules = lost('deny', false);
  const spent = (own: number) => isSpentAtSite({ own, limit: LIMIT }, known, rules);
  assert.deepEqual([spent(249), spent(250)], [false, true]);
});

test('every gateway has at least one', () => {
  assert.deepEqual([localShare(100, 3), localShare(2, 10), localShare(5, 1)], [33, 1, 5]);
});
