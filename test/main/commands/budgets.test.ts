// What `tcproute check` says of budgets, and who is asked what is used of them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { today } from '../../../src/main/budgets/keeper.js';
import { budgetsText, knownBudgets } from '../../../src/main/commands/budgets.js';
import { fileWarnings } from '../../../src/main/commands/file-check.js';
import { monthOf } from '../../../src/protocol/budget/month.js';
import { noUsage, usageText } from '../../../src/protocol/budget/usage.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { identityOf } from '../../../src/protocol/lines/numbers.js';
import { defaultOptions } from '../../helpers/default-options.js';

const SOURCE = { ip: undefined, port: 0 };
const LINES = ['lte', 'lte > far'].map((name, number) => lineOf(number, name, SOURCE, []));
const LTE = { name: 'lte', bytes: 50e9, day: 1, lines: [0, 1] };

test('each budget is listed with its lines and what is used of it by the state file', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-check-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const budget_state_file = join(folder, 'usage');
  const options = { lines: LINES, budgets: [LTE], budget_state_file, control_socket: null };
  const { begins, ends } = monthOf(today(), 1);
  const listed = (when: string, used: string) =>
    `budgets${when}:\n  lte: ${used} of 50 GB used since ${begins}, until ${ends}; lines: lte, lte > far\n`;
  assert.equal(await budgetsText(options), listed(' (no file tells what is used)', '0 bytes'));
  const usage = noUsage();
  for (const line of LINES) usage.lines.add(identityOf(line), today(), 1_200_000);
  writeFileSync(budget_state_file, usageText(usage));
  const written = new Date(2026, 10, 3, 4, 5, 6);
  utimesSync(budget_state_file, written, written);
  assert.equal(await budgetsText(options), listed(', as of 2026-11-03 04:05:06 in their file', '2.4 MB'));
  assert.equal(await budgetsText({ ...options, budgets: [] }), '');
});

test('the gateway that runs is asked first, and the file where it does not answer or has other budgets', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-check-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const options = {
    ...{ lines: LINES, budgets: [LTE], budget_state_file: join(folder, 'usage') },
    control_socket: join(folder, 'control'),
  };
  const month = monthOf(today(), 1);
  const live = { name: 'lte', bytes: 50e9, ...month, used: 60e9, is_spent: true, lines: ['lte', 'lte > far'] };
  let answer: object = { code: 'budgets', budgets: [{ ...live, name: 'other' }, live] };
  const server = createServer((request, response) => {
    response.end(JSON.stringify(request.url === '/budgets' ? answer : {}));
  });
  await new Promise<void>((resolve) => server.listen(options.control_socket, resolve));
  assert.deepEqual(await knownBudgets(options), { budgets: [live], budgets_of: 'running' });
  assert.match(
    await budgetsText(options),
    /^budgets, in the gateway that runs:\n {2}lte: 60 GB of 50 GB used .*back by one tier/,
  );
  const others = [
    { code: 'budgets', budgets: [{ ...live, bytes: 40e9 }] },
    { code: 'refused', problems: ['the gateway is starting or stopping'] },
    { error: 'no such command' },
  ];
  for (const other of others) {
    answer = other;
    const { budgets_of, budgets: [first] = [] } = (await knownBudgets(options)) ?? {};
    assert.deepEqual([budgets_of, first?.used], ['file', 0]);
  }
  await new Promise((resolve) => server.close(resolve));
  assert.equal((await knownBudgets(options))?.budgets_of, 'file');
});

test('a state file that cannot be used is warned of, where there is a budget', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-check-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const budget_state_file = join(folder, 'usage');
  writeFileSync(budget_state_file, '{}\n');
  const options = { ...defaultOptions(), budget_state_file };
  assert.deepEqual(fileWarnings({ ...options, budgets: [LTE] }), [
    `${budget_state_file} is ignored: not a list of what lines have carried`,
  ]);
  assert.deepEqual(fileWarnings(options), []);
});
