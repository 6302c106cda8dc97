import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClaimLog } from '../../../src/main/users/claim-log.js';
import { captureLog } from '../../helpers/capture-log.js';

const MINUTE = 60_000;
const wrong = { code: 'unknown', name: 'hunter2', isUser: false, network: '192.0.2.1' } as const;

test('one line a minute for a network, with the number of those left out', () => {
  const { log, records } = captureLog();
  let now = MINUTE;
  const claims = new ClaimLog(log, () => now);
  for (let times = 0; times < 5; times += 1) claims.notice(wrong);
  assert.deepEqual(
    records.map(({ msg }) => msg),
    ['a client at 192.0.2.1 gave a wrong name or password'],
  );
  now += MINUTE;
  claims.notice({ ...wrong, code: 'too-many' });
  assert.match(records[1]?.msg ?? '', /^a client at 192\.0\.2\.1 is refused for now: /);
  assert.equal(records[1]?.['left_out'], 4);
  claims.notice({ ...wrong, network: 'unix' });
  assert.match(records[2]?.msg ?? '', /^a client of a Unix socket gave /);
});

test('ten lines a minute for all networks', () => {
  const { log, records } = captureLog();
  let now = 0;
  const claims = new ClaimLog(log, () => now);
  for (let number = 0; number < 100; number += 1) claims.notice({ ...wrong, network: `10.0.0.${number}` });
  assert.equal(records.length, 10);
  now = MINUTE;
  claims.notice({ ...wrong, network: '10.0.1.0' });
  assert.deepEqual([records.length, records[10]?.['left_out']], [11, 90]);
});

test('the name is said of a user, or at level debug: others may have typed a password there', () => {
  for (const level of ['info', 'debug'] as const) {
    const { log, records } = captureLog(level);
    const claims = new ClaimLog(log, () => 0);
    claims.notice(wrong);
    claims.notice({ ...wrong, name: 'alice', isUser: true, network: '192.0.2.2' });
    assert.deepEqual(
      records.map(({ user }) => user),
      [level === 'debug' ? 'hunter2' : undefined, 'alice'],
    );
  }
});
