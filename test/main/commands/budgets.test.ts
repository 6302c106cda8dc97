// What `tcproute check` says of budgets.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { today } from '../../../src/main/budgets/keeper.js';
import { budgetsText } from '../../../src/main/commands/budgets.js';
import { fileWarnings } from '../../../src/main/commands/file-check.js';
import { monthOf } from '../../../src/protocol/budget/month.js';
import { Usage } from '../../../src/protocol/budget/usage.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { identityOf } from '../../../src/protocol/lines/numbers.js';
import { defaultOptions } from '../../helpers/default-options.js';

const SOURCE = { ip: undefined, port: 0 };
const LINES = ['lte', 'lte > far'].map((name, number) => lineOf(number, name, SOURCE, []));
const LTE = { name: 'lte', bytes: 50e9, day: 1, lines: [0, 1] };

test('each budget is listed with its lines and what is used of it by the state file', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-check-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const budget_state_file = join(folder, 'usage');
  const options = { lines: LINES, budgets: [LTE], budget_state_file };
  const { begins, ends } = monthOf(today(), 1);
  const listed = (used: string) =>
    `budgets:\n  lte: ${used} of 50 GB used since ${begins}, until ${ends}; lines: lte, lte > far\n`;
  assert.equal(budgetsText(options), listed('0 bytes'));
  const usage = new Usage();
  for (const line of LINES) usage.add(identityOf(line), today(), 1_200_000);
  writeFileSync(budget_state_file, usage.toText());
  assert.equal(budgetsText(options), listed('2.4 MB'));
  assert.equal(budgetsText({ ...options, budgets: [] }), '');
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
