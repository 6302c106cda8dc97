import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '../../../src/protocol/budget/month.js';
import { noUsage, parseUsage, USAGE_BEGIN, Usage, usageText } from '../../../src/protocol/budget/usage.js';

const NOVEMBER = { begins: '2026-11-01', ends: '2026-12-01' };

test('bytes count in the month of their day, whatever day the months begin on', () => {
  const usage = new Usage();
  usage.add('a', '2026-10-31', 1);
  usage.add('a', '2026-11-01', 10);
  usage.add('a', '2026-11-30', 100);
  usage.add('a', '2026-11-30', 100);
  usage.add('a', '2026-12-01', 1000);
  usage.add('b', '2026-11-15', 5);
  assert.equal(usage.within('a', NOVEMBER), 210);
  assert.equal(usage.within('a', { begins: '2026-10-15', ends: '2026-11-15' }), 11);
  assert.equal(usage.within('b', NOVEMBER), 5);
  assert.equal(usage.within('c', NOVEMBER), 0);
});

test('it survives its own text', () => {
  const usage = noUsage();
  const names = ['["x",null,0]', '__proto__', 'toString'];
  for (const line of names) usage.lines.add(line, '2026-11-30', 2 ** 50);
  const ofLines = usageText(usage);
  for (const user of names) usage.users.add(user, '2026-11-01', 7);
  for (const text of [ofLines, usageText(usage)]) {
    assert.match(text, USAGE_BEGIN);
    const parsed = parseUsage(text);
    assert.ok(parsed.kind === 'usage');
    assert.equal(usageText(parsed.usage), text);
    assert.equal(parsed.usage.lines.within('__proto__', NOVEMBER), 2 ** 50);
    assert.equal(parsed.usage.users.within('__proto__', NOVEMBER), text === ofLines ? 0 : 7);
  }
});

test('of a user this month and the last one are kept', () => {
  const { users } = noUsage();
  for (const day of ['2026-09-01', '2026-10-01', '2026-11-01']) users.add('alice', day, 1);
  assert.equal(users.within('alice', NOVEMBER), 1);
  assert.equal(users.within('alice', { begins: '2026-01-01', ends: '2027-01-01' }), 2);
});

test('of too many days the earliest go, also when a clock once was years ahead', () => {
  const usage = new Usage();
  usage.add('a', '2036-01-01', 7);
  for (let month = 1; month <= 3; month += 1) {
    for (let day = 1; day <= 28; day += 1) usage.add('a', dayOf(2027, month, day), 1);
  }
  assert.equal(usage.within('a', { begins: '2027-03-01', ends: '2027-04-01' }), 28);
  assert.equal(usage.within('a', { begins: '2027-01-01', ends: '2027-04-01' }), 61);
  assert.equal(usage.within('a', { begins: '2036-01-01', ends: '2036-02-01' }), 7);
});

test('of too many lines the one that carried something longest ago goes', () => {
  const usage = new Usage();
  usage.add('old', '2026-11-01', 1);
  for (let line = 0; line < 4096; line += 1) usage.add(`line ${line}`, '2026-11-02', 1);
  assert.equal(usage.within('old', NOVEMBER), 0);
  assert.equal(usage.within('line 0', NOVEMBER), 1);
  assert.equal(usage.within('line 4095', NOVEMBER), 1);
});

test('a text that is not ours, of another version or damaged says so', () => {
  const head = '{"format":"tcproute-usage","version":';
  for (const [text, why] of [
    ['', 'not a list of what lines have carried'],
    ['[]', 'not a list of what lines have carried'],
    ['{"format":"tcproute-routes","version":1}', 'not a list of what lines have carried'],
    [`${head}2,"lines":{}}`, 'version 2'],
    [`${head}1}`, 'damaged'],
    [`${head}1,"lines":{"a":[]}}`, 'damaged'],
    [`${head}1,"lines":{},"users":[]}`, 'damaged'],
    [`${head}1,"lines":{},"users":{"a":{"2026-11-01":-1}}}`, 'damaged'],
    [`${head}1,"lines":{"a":{"today":1}}}`, 'damaged'],
    [`${head}1,"lines":{"a":{"2026-11-01":-1}}}`, 'damaged'],
    [`${head}1,"lines":{"a":{"2026-11-01":"1"}}}`, 'damaged'],
    [`${head}1,"lines":{"a":{"2026-11-01":1e999}}}`, 'damaged'],
  ] as const) {
    assert.deepEqual(parseUsage(text), { kind: 'invalid', why }, text);
  }
});
