// What explain hears from the gateway that runs, over its admin API.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type Running, runningGateway } from '../../../../src/main/commands/explain/running.js';
import { type Target, targetOfText } from '../../../../src/protocol/address/target.js';
import { adminPlaceOf } from '../../../../src/protocol/admin-place.js';
import { AdminFixture, statusOf } from '../../../helpers/admin-fixture.js';

const TARGET = targetOfText('a.test', 443) as Target;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const warnings: string[] = [];

async function world(isNamed = false): Promise<{ readonly fixture: AdminFixture; readonly running: Running }> {
  const fixture = await AdminFixture.open();
  const place = adminPlaceOf(fixture.place);
  assert.ok(place !== undefined);
  warnings.length = 0;
  const api = { found: { code: 'found', place, token: null }, isNamed } as const;
  const running = runningGateway(api, null, (sentence) => warnings.push(sentence));
  closing.push(
    () => running.close(),
    () => fixture.close(),
  );
  return { fixture, running };
}

test('the gateway is asked for the client that was asked for, and may say that no race would begin', async () => {
  const { fixture, running } = await world();
  const race = { stagger_ms: 50, lines: [] };
  fixture.answer('/api/v1/rules/test', { target: 'a.test:443', race });
  const as = { ip: '192.0.2.1', user: 'ann', tag: undefined, listener: 'lan', lines: ['fast'] };
  assert.deepEqual(await running.outlook(TARGET, as), { outlook: race });
  assert.equal(
    fixture.asked[0],
    'GET /api/v1/rules/test?target=a.test%3A443&client=192.0.2.1&user=ann&listener=lan&race=true',
  );
  fixture.answer('/api/v1/rules/test', { target: 'a.test:443', race: null });
  assert.deepEqual(await running.outlook(TARGET, undefined), {});
});

test('a gateway that does not say it, and none, are passed over', async () => {
  const { fixture, running } = await world();
  assert.deepEqual(
    [await running.outlook(TARGET, undefined), await running.routes(), await running.budgets()],
    [undefined, undefined, undefined],
  );
  await fixture.close();
  assert.deepEqual([await running.outlook(TARGET, undefined), await running.routes()], [undefined, undefined]);
  assert.deepEqual(warnings, []);
});

test('where the command line names the place, its silence is warned of once', async () => {
  const { fixture, running } = await world(true);
  await fixture.close();
  await running.routes();
  await running.outlook(TARGET, undefined);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] as string, /^no gateway runs at 127\.0\.0\.1:\d+ \(nothing listens there\)$/);
});

test('routes come as they are in the state file, and budgets as explain shows them', async () => {
  const { fixture, running } = await world();
  fixture.answer('/api/v1/routes/snapshot', 'tcproute routes\n');
  assert.equal(await running.routes(), 'tcproute routes\n');
  const month = { begins: '2026-11-01', ends: '2026-12-01' };
  const budget = { name: 'phone', bytes_used: 5, bytes_limit: 9, is_spent: false, ...month, lines: ['phone'] };
  fixture.answer('/api/v1/status', statusOf({ budgets: [budget] }));
  assert.deepEqual(await running.budgets(), [
    { name: 'phone', used: 5, bytes: 9, is_spent: false, ...month, lines: ['phone'] },
  ]);
});
