// The gateway loses nobody while it changes under a mixed load: the bench of restarts in small.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../../bench/restart/options.js';
import { failuresOf } from '../../../bench/restart/report.js';
import { GATEWAYS } from '../../../bench/restart/subjects/gateway.js';
import { runTrial } from '../../../bench/restart/trial.js';
import { nothingLeft } from '../../helpers/nothing-left.js';
import { withoutUring } from '../../helpers/uring.js';

const PLAN: Plan = {
  connections: 1200,
  upgrades: 2,
  reloads: 2,
  rate: 400,
  workers: 2,
  lasting_ms: 1500,
  throughout: 5,
  patience_ms: 10_000,
};

for (const subject of GATEWAYS) {
  const skip =
    subject.name.endsWith('uring') && withoutUring !== undefined ? `no io_uring here: ${withoutUring}` : false;
  test(`${subject.name}: reloads and upgrades lose no client, and leave no process`, { skip }, async () => {
    const trial = await runTrial(subject, PLAN);
    assert.ok(trial !== undefined);
    assert.deepEqual(failuresOf(trial, PLAN.reloads + PLAN.upgrades), [], JSON.stringify(trial.course));
    await nothingLeft(/TCP|Process/);
  });
}
