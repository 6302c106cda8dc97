// The bench of restarts counts every connection that a careless program loses, by what became of it, and none else.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { MixOutcome } from '../../../bench/restart/load/messages.js';
import type { Plan } from '../../../bench/restart/options.js';
import { failuresOf } from '../../../bench/restart/report.js';
import { runTrial } from '../../../bench/restart/trial.js';
import { nothingLeft } from '../../helpers/nothing-left.js';
import { careless, type Trick } from './careless-forward.js';

const PLAN: Plan = {
  connections: 300,
  upgrades: 0,
  reloads: 1,
  rate: 400,
  workers: 1,
  lasting_ms: 400,
  throughout: 3,
  // On a machine that is busy with others, a client may make no progress for seconds.
  patience_ms: 30_000,
};
/** Where clients are to lose it. */
const IMPATIENT_MS = 2000;

async function under(trick: Trick): Promise<{ outcome: MixOutcome; lost: [string, number][]; failures: string[] }> {
  const plan = trick === 'stalls' ? { ...PLAN, patience_ms: IMPATIENT_MS } : PLAN;
  const trial = await runTrial(careless(trick), plan);
  assert.ok(trial !== undefined && typeof trial.course !== 'string');
  const { outcome } = trial.course;
  for (const { kind, begun, verified, lost } of outcome.kinds) {
    assert.equal(begun, verified + Object.values(lost).reduce((sum, count) => sum + count, 0), kind);
  }
  const lost = outcome.kinds.flatMap((kind) =>
    Object.entries(kind.lost).map(([cause, count]): [string, number] => [`${kind.kind}: ${cause}`, count]),
  );
  return { outcome, lost, failures: failuresOf(trial, 1) };
}

afterEach(() => nothingLeft(/TCP|Process/));

test('nobody is lost by a program that takes care, and clients of every kind came to their end', async () => {
  const { outcome, lost, failures } = await under('none');
  assert.deepEqual([lost, failures], [[], []]);
  const begun = Object.fromEntries(outcome.kinds.map((kind) => [kind.kind, kind.begun]));
  // A forward speaks no HTTP, and by chance there is no download but those that last throughout.
  for (const kind of ['short', 'unix', 'halting', 'idle'] as const) assert.ok((begun[kind] as number) > 0, kind);
  assert.deepEqual([begun['idle-throughout'], begun['download-throughout']], [3, 3]);
  assert.ok(outcome.calm.count + outcome.changing.count > 100);
  assert.ok(outcome.changing.count > 0 && outcome.changing.p50 > 0);
});

for (const [trick, expected] of [
  ['refuses', [/^short: connect: ECONNREFUSED, while changing$/, /^unix: connect: E/]],
  // Who reads slowly may hear of it when it asks for the end of its stream.
  [
    'resets',
    [/^idle-throughout: exchange: (?:send: )?ECONNRESET/, /^download-throughout: exchange: (?:send: )?ECONNRESET/],
  ],
  [
    'truncates',
    [/^idle-throughout: exchange: closed by the peer/, /^download-throughout: exchange: closed by the peer/],
  ],
  ['stalls', [/^short: exchange: no progress/, /^download-throughout: exchange: no progress/]],
  ['garbles', [/^short: echo: other bytes/, /^download-throughout: stream: other bytes/]],
] as const) {
  test(`it is told whom a program loses that ${trick} when it changes`, async () => {
    const { lost, failures } = await under(trick);
    for (const pattern of expected) {
      assert.ok(
        lost.some(([cause]) => pattern.test(cause)),
        `${pattern}: ${JSON.stringify(lost)}`,
      );
    }
    const count = lost.reduce((sum, [, some]) => sum + some, 0);
    assert.deepEqual(failures, [`careless: ${count} connections were lost`]);
  });
}
