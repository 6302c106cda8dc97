// Budgets as main keeps them, with the bytes that actors would count and a day of the test's choice.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BudgetKeeper } from '../../../src/main/budgets/keeper.js';
import type { LineUse } from '../../../src/protocol/budget/usage.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { identityOf } from '../../../src/protocol/lines/numbers.js';
import { captureLog } from '../../helpers/capture-log.js';

const SOURCE = { ip: undefined, port: 0 };
const LINES = ['wifi', 'lte', 'lte > far'].map((name, number) => lineOf(number, name, SOURCE, []));
const LTE = { name: 'lte', bytes: 1000, day: 1, lines: [1, 2] };

function world(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-budgets-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const { log, records: warned } = captureLog();
  const carried = new Map<number, { up: number; down: number }>();
  const events: unknown[] = [];
  const notices: string[] = [];
  let day = '2026-11-30';
  const parts = {
    ...{ log, mayWrite: () => true, today: () => day },
    carried: (line: number) => carried.get(line) ?? { up: 0, down: 0 },
    tell: (told: readonly unknown[]) => events.push(...told),
    notices: { tell: ({ message }: { message: string }) => notices.push(message) },
  };
  const file = join(folder, 'usage');
  const options = { lines: LINES, budgets: [LTE], budget_state_file: file };
  const keepers: BudgetKeeper[] = [];
  context.after(() => Promise.all(keepers.map((keeper) => keeper.stop())));
  return {
    ...{ parts, options, file, carried, events, notices, warned },
    setDay(to: string): void {
      day = to;
    },
    keeper(left?: string, given = options): BudgetKeeper {
      const keeper = new BudgetKeeper(given, parts, left);
      keepers.push(keeper);
      return keeper;
    },
  };
}

const budget = (line: number, spent: number) => ({ kind: 'budget', line, spent });

test('the lines of a budget go back by a tier once they have carried it together, and come back with the month', (context) => {
  const { keeper, carried, events, notices, setDay } = world(context);
  const budgets = keeper();
  carried.set(0, { up: 5000, down: 5000 });
  carried.set(1, { up: 100, down: 400 });
  budgets.look();
  assert.deepEqual(events, []);
  carried.set(2, { up: 0, down: 500 });
  budgets.look();
  budgets.look();
  assert.deepEqual(events.splice(0), [budget(1, 1), budget(2, 1)]);
  assert.deepEqual(budgets.events, [budget(1, 1), budget(2, 1)]);
  setDay('2026-12-01');
  budgets.look();
  assert.deepEqual(events, [budget(1, 0), budget(2, 0)]);
  assert.deepEqual(budgets.events, []);
  assert.deepEqual(notices, [
    'budget "lte" is spent (1 kB of 1 kB since 2026-11-01): its lines go back by one tier until 2026-12-01',
    'budget "lte" begins anew on 2026-12-01: 1 kB of 1 kB were used in the month before, and its lines are back in their tiers',
  ]);
});

test('what lines have carried is kept over a restart, whatever has become of the tree', async (context) => {
  const { keeper, carried, events, file, options } = world(context);
  carried.set(1, { up: 0, down: 50 });
  const first = keeper();
  carried.set(1, { up: 0, down: 1050 });
  await first.stop();
  assert.ok(existsSync(file));
  carried.clear();
  // The line has another number and another budget.
  const lines = [lineOf(7, 'lte', SOURCE, [])];
  const second = keeper(undefined, { ...options, lines, budgets: [{ ...LTE, bytes: 900, lines: [7] }] });
  assert.deepEqual(second.states[0]?.used, 1000);
  assert.deepEqual(events.at(-1), budget(7, 1));
});

test('a budget that a reload brings counts from then on, and one that it takes away moves no line', async (context) => {
  const { keeper, carried, events, options } = world(context);
  const budgets = keeper(undefined, { ...options, budgets: [] });
  carried.set(1, { up: 0, down: 5000 });
  budgets.look();
  assert.equal(budgets.toText(), undefined);
  await budgets.set(options);
  assert.deepEqual([budgets.states[0]?.used, events], [0, []]);
  carried.set(1, { up: 0, down: 6000 });
  budgets.look();
  assert.deepEqual(events.splice(0), [budget(1, 1), budget(2, 1)]);
  await budgets.set({ ...options, budgets: [{ ...LTE, bytes: 5000 }] });
  assert.deepEqual(events.splice(0), [budget(1, 0), budget(2, 0)]);
  await budgets.set({ ...options, budgets: [LTE] });
  await budgets.set({ ...options, budgets: [] });
  assert.deepEqual(events.splice(0), [budget(1, 1), budget(2, 1), budget(1, 0), budget(2, 0)]);
});

test('a process that takes over goes on with what the other one knew, and hears what that one still carries', (context) => {
  const { keeper, carried, events, parts } = world(context);
  const before = keeper();
  carried.set(1, { up: 0, down: 400 });
  const text = before.toText();
  const after = new BudgetKeeper(
    { lines: LINES, budgets: [LTE], budget_state_file: null },
    { ...parts, carried: () => ({ up: 0, down: 0 }) },
    text,
  );
  context.after(() => after.stop());
  assert.equal(after.states[0]?.used, 400);
  const passed: LineUse[] = [];
  before.passOn((uses) => {
    passed.push(...uses);
    after.add(uses);
  });
  before.retire();
  carried.set(1, { up: 0, down: 1100 });
  return before.stop().then(() => {
    assert.deepEqual(passed, [{ identity: identityOf(LINES[1] as (typeof LINES)[1]), bytes: 700 }]);
    assert.equal(after.states[0]?.used, 1100);
    assert.deepEqual(events.slice(-2), [budget(1, 1), budget(2, 1)]);
  });
});

test('the end waits for a write that was begun before it', async (context) => {
  const { keeper, carried, file } = world(context);
  const budgets = keeper();
  carried.set(1, { up: 0, down: 400 });
  budgets.look();
  void budgets.save();
  await budgets.stop();
  assert.match(readFileSync(file, 'utf8'), /:400/);
});

test('a file that this program did not write is warned of and left alone', async (context) => {
  const { keeper, carried, file, warned } = world(context);
  writeFileSync(file, 'my notes\n');
  const budgets = keeper();
  carried.set(1, { up: 0, down: 400 });
  await budgets.stop();
  assert.equal(readFileSync(file, 'utf8'), 'my notes\n');
  assert.deepEqual(
    warned.map(({ msg }) => msg),
    [
      `${file} is ignored: not a list of what lines have carried`,
      `${file} cannot be written: what is in it was not written by this program`,
    ],
  );
});
