// Budgets as main keeps them, with the bytes that actors would count and a day of the test's choice.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BudgetKeeper } from '../../../src/main/budgets/keeper.js';
import type { Uses } from '../../../src/protocol/budget/usage.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { identityOf } from '../../../src/protocol/lines/numbers.js';
import type { OwnLimits } from '../../../src/protocol/users/own-limits.js';
import type { OthersUse, OwnUse } from '../../../src/threads/contracts/share.js';
import { UserTable } from '../../../src/threads/shared/user-table.js';
import { captureLog } from '../../helpers/capture-log.js';
import { defaultOptions } from '../../helpers/default-options.js';

const SOURCE = { ip: undefined, port: 0 };
const LINES = ['wifi', 'lte', 'lte > far'].map((name, number) => lineOf(number, name, SOURCE, []));
const LTE = { name: 'lte', bytes: 1000, day: 1, lines: [1, 2] };
const { share: ALONE } = defaultOptions();
const LIMITS = { user_bytes_max: 0, user_bytes_day: 1 };
type Users = readonly { readonly name: string; readonly limits?: OwnLimits }[];
const ownOf = (bytes_max: number): OwnLimits => ({ connections_max: undefined, rate: undefined, bytes_max });

function world(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-budgets-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const { log, records: warned } = captureLog();
  const carried = new Map<number, { up: number; down: number }>();
  const events: unknown[] = [];
  const notices: string[] = [];
  let day = '2026-11-30';
  let users: Users | undefined;
  let askSite: (own: readonly OwnUse[]) => readonly OthersUse[] | undefined = () => undefined;
  const table = new UserTable(UserTable.create());
  const parts = {
    ...{ log, table, mayWrite: () => true, today: () => day, users: () => users },
    carried: (line: number) => carried.get(line) ?? { up: 0, down: 0 },
    tell: (told: readonly unknown[]) => events.push(...told),
    askSite: async (own: readonly OwnUse[]) => askSite(own),
    notices: { tell: ({ message }: { message: string }) => notices.push(message) },
  };
  const file = join(folder, 'usage');
  const options = { lines: LINES, budgets: [LTE], budget_state_file: file, limits: LIMITS, share: ALONE };
  const keepers: BudgetKeeper[] = [];
  context.after(() => Promise.all(keepers.map((keeper) => keeper.stop())));
  return {
    ...{ parts, options, file, carried, events, notices, warned, table },
    setDay(to: string): void {
      day = to;
    },
    setSite(ask: typeof askSite): void {
      askSite = ask;
    },
    setUsers(to: Users | undefined): void {
      users = to;
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
    { lines: LINES, budgets: [LTE], budget_state_file: null, limits: LIMITS, share: ALONE },
    { ...parts, carried: () => ({ up: 0, down: 0 }) },
    text,
  );
  context.after(() => after.stop());
  assert.equal(after.states[0]?.used, 400);
  const passed: Uses[] = [];
  before.passOn((uses) => {
    passed.push(uses);
    after.add(uses);
  });
  before.retire();
  carried.set(1, { up: 0, down: 1100 });
  return before.stop().then(() => {
    const lines = [{ identity: identityOf(LINES[1] as (typeof LINES)[1]), bytes: 700 }];
    assert.deepEqual(passed, [{ lines, users: [] }]);
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

test('a user that has carried what it may is said to be spent until the next month, and is told once', (context) => {
  const { keeper, table, notices, options, setUsers, setDay } = world(context);
  setUsers([{ name: 'alice' }, { name: 'bob', limits: ownOf(5000) }, { name: 'carol', limits: ownOf(0) }]);
  const budgets = keeper(undefined, { ...options, budgets: [], limits: { user_bytes_max: 1000, user_bytes_day: 15 } });
  for (const name of ['alice', 'bob', 'carol']) table.add(name, 900);
  budgets.look();
  const spent = (): readonly boolean[] => ['alice', 'bob', 'carol'].map((name) => table.isSpent(name));
  assert.deepEqual(spent(), [false, false, false]);
  for (const name of ['alice', 'bob', 'carol']) table.add(name, 300);
  budgets.look();
  budgets.look();
  assert.deepEqual(spent(), [true, false, false]);
  const month = { begins: '2026-11-15', ends: '2026-12-15', lines: [] };
  assert.deepEqual(budgets.all(undefined, 10), {
    users: 2,
    budgets: [
      { of: 'user', name: 'alice', bytes_used: 1200, bytes_limit: 1000, is_spent: true, ...month },
      { of: 'user', name: 'bob', bytes_used: 1200, bytes_limit: 5000, is_spent: false, ...month },
    ],
  });
  assert.equal(budgets.all(undefined, 1).budgets[0]?.name, 'alice');
  assert.deepEqual(
    budgets.all('bob', 10).budgets.map(({ name }) => name),
    ['bob'],
  );
  assert.deepEqual(notices, [
    'user "alice" has carried what it may (1.2 kB of 1 kB since 2026-11-15): its new connections are refused until 2026-12-15',
  ]);
  setDay('2026-12-15');
  budgets.look();
  assert.deepEqual(spent(), [false, false, false]);
  assert.equal(budgets.all('alice', 10).budgets[0]?.bytes_used, 0);
});

test('limits of users that a reload or a file brings count from then on, and those that go leave nobody out', async (context) => {
  const { keeper, table, options, setUsers } = world(context);
  setUsers([{ name: 'alice' }]);
  const of = (user_bytes_max: number) => ({ ...options, budgets: [], limits: { user_bytes_max, user_bytes_day: 1 } });
  const budgets = keeper(undefined, of(0));
  table.add('alice', 700);
  assert.equal(budgets.toText(), undefined);
  await budgets.set(of(1000));
  table.add('alice', 700);
  budgets.look();
  assert.deepEqual([table.isSpent('alice'), budgets.all('alice', 1).budgets[0]?.bytes_used], [false, 700]);
  await budgets.set(of(600));
  assert.equal(table.isSpent('alice'), true);
  setUsers([{ name: 'alice', limits: ownOf(0) }, { name: 'bob' }]);
  await budgets.usersChanged();
  assert.equal(table.isSpent('alice'), false);
  setUsers([{ name: 'alice', limits: ownOf(500) }]);
  await budgets.usersChanged();
  assert.equal(table.isSpent('alice'), true, 'what it has carried is known still');
  await budgets.set(of(0));
  setUsers(undefined);
  await budgets.usersChanged();
  assert.deepEqual([table.isSpent('alice'), budgets.all(undefined, 9).users], [false, 0]);
});

test('what users have carried is kept over a restart and an upgrade', async (context) => {
  const { keeper, table, options, setUsers, parts } = world(context);
  setUsers([{ name: 'alice' }]);
  const given = { ...options, budgets: [], limits: { user_bytes_max: 1000, user_bytes_day: 1 } };
  const first = keeper(undefined, given);
  table.add('alice', 600);
  await first.stop();
  const second = keeper(undefined, given);
  const usedBy = (budgets: BudgetKeeper): number | undefined => budgets.all('alice', 1).budgets[0]?.bytes_used;
  assert.equal(usedBy(second), 600);
  const text = second.toText();
  const table3 = new UserTable(UserTable.create());
  const third = new BudgetKeeper({ ...given, budget_state_file: null }, { ...parts, table: table3 }, text);
  context.after(() => third.stop());
  second.passOn((uses) => third.add(uses));
  table.add('alice', 500);
  await second.stop();
  assert.equal(usedBy(third), 1100);
  assert.equal(table3.isSpent('alice'), true);
});

test('budgets of a site are spent by what all gateways have carried, and without the engine by the rule for its loss', async (context) => {
  const { parts, options, table, carried, setUsers, setSite, setDay, file } = world(context);
  setUsers([{ name: 'alice' }, { name: 'bob' }]);
  const place = { kind: 'internet', host: 'a', port: 1, tls: false } as const;
  const url = [{ ...place, username: undefined, password: undefined, database: 0 }];
  const share = { ...ALONE, url, limits: true, on_loss: 'deny' as const };
  const time = { ms: 0 };
  const limits = { user_bytes_max: 1000, user_bytes_day: 1 };
  const given = { ...options, share, limits, budget_state_file: file };
  const told: OwnUse[][] = [];
  const others = new Map([
    ['user alice', 700],
    ['lines lte', 900],
  ]);
  setSite((own) => {
    told.push([...own]);
    return own.map(({ budget }) => ({ budget, bytes: others.get(budget) ?? 0 }));
  });
  context.mock.timers.enable({ apis: ['setInterval'] });
  const budgets = new BudgetKeeper(given, { ...parts, now: () => time.ms });
  await new Promise(setImmediate);
  const looks = async (count: number): Promise<void> => {
    for (let look = 0; look < count; look += 1) {
      time.ms += 5000;
      context.mock.timers.tick(5000);
      await new Promise(setImmediate);
    }
  };
  table.add('alice', 299);
  carried.set(1, { up: 0, down: 99 });
  await looks(1);
  assert.deepEqual(told.pop(), [
    { budget: 'lines lte', begins: '2026-11-01', bytes: 99 },
    { budget: 'user alice', begins: '2026-11-01', bytes: 299 },
  ]);
  const spent = () => [table.isSpent('alice'), budgets.states[0]?.isSpent];
  assert.deepEqual(spent(), [false, false]);
  assert.equal(budgets.all('alice', 1).budgets[0]?.bytes_used, 999);
  others.set('user alice', 701);
  others.set('lines lte', 901);
  await looks(1);
  assert.deepEqual(spent(), [true, true]);
  others.clear();
  await looks(1);
  assert.deepEqual(spent(), [false, false]);
  setSite(() => undefined);
  await looks(11);
  assert.deepEqual([spent(), table.isSpent('bob')], [[false, false], false], 'what is known is not too old yet');
  await looks(3);
  assert.deepEqual([spent(), table.isSpent('bob')], [[true, true], true]);
  await budgets.set({ ...given, share: { ...share, on_loss: 'allow' } });
  assert.deepEqual([spent(), table.isSpent('bob')], [[false, false], false]);
  others.set('user alice', 5000);
  setSite((own) => own.map(({ budget }) => ({ budget, bytes: others.get(budget) ?? 0 })));
  await looks(2);
  assert.deepEqual(spent(), [true, false]);
  setDay('2026-12-01');
  setSite(() => undefined);
  await looks(1);
  assert.deepEqual(spent(), [false, false], 'what was used in another month counts no more');
  context.mock.timers.reset();
  await budgets.stop();
});
