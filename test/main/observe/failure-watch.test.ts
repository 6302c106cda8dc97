import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type FailureTeller, FailureWatch } from '../../../src/main/observe/failure-watch.js';
import { Notices } from '../../../src/main/process/notices.js';
import type { LastFailure } from '../../../src/threads/contracts/connection.js';
import { captureLog } from '../../helpers/capture-log.js';

const LOOK_MS = 1000;

beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'setTimeout'] }));
afterEach(() => mock.timers.reset());

const lastOf = (age_ms: number, line: string): LastFailure => ({
  age_ms,
  what: { cause: 'refused', detail: 'ECONNREFUSED', target: 'a.test:80', line, address: '192.0.2.1' },
});

function world(lasts: (LastFailure | undefined)[] = []) {
  const { log, records } = captureLog();
  const counts = { connected: 0, failed: 0, blocked: 0, denied: 0, limited: 0 };
  const actors = lasts.map((last): FailureTeller => ({ lastFailure: async () => last }));
  const notices = new Notices(log);
  const watch = new FailureWatch({ stats: () => counts, actors: () => [undefined, ...actors], notices }, LOOK_MS);
  const look = async (connected: number, failed: number, blocked = 0, denied = 0, limited = 0): Promise<string[]> => {
    Object.assign(counts, { connected, failed, blocked, denied, limited });
    mock.timers.tick(LOOK_MS);
    for (let i = 0; i < 5; i += 1) await setImmediate();
    return records.map(({ msg }) => msg);
  };
  return { watch, look, records };
}

test('only failures, at two looks in a row, are said with the last one of all actors', async () => {
  const { watch, look, records } = world([lastOf(900, 'a'), undefined, lastOf(20, 'b')]);
  assert.deepEqual(await look(5, 3), []);
  assert.deepEqual(await look(5, 30), []);
  assert.deepEqual(await look(5, 31), ['no connection succeeds: 28 have failed since the last one that did']);
  assert.equal((records[0]['last'] as { line: string }).line, 'b');
  assert.equal((await look(5, 90)).length, 1);
  assert.deepEqual((await look(6, 95)).slice(1), ['connections succeed again']);
  watch.stop();
});

test('few failures, many at once before a success, or connections that a rule blocks, the egress policy denies or a limit refuses are no news', async () => {
  const { watch, look } = world();
  assert.deepEqual(await look(0, 9), []);
  assert.deepEqual(await look(0, 9), []);
  assert.deepEqual(await look(1, 40), []);
  assert.deepEqual(await look(1, 140, 100), []);
  assert.deepEqual(await look(1, 240, 200), []);
  assert.deepEqual(await look(1, 340, 200, 100), []);
  assert.deepEqual(await look(1, 440, 200, 200), []);
  assert.deepEqual(await look(1, 540, 200, 200, 100), []);
  assert.deepEqual(await look(1, 640, 200, 200, 200), []);
  watch.stop();
});
