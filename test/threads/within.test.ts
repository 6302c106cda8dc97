import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as passes } from 'node:timers/promises';
import { after, isWaiting, within } from '../../src/threads/within.js';
import { deferred } from '../helpers/dns-server.js';

const word = new Int32Array(new SharedArrayBuffer(4));
/** Nothing else runs in this thread meanwhile, as if it were stopped. */
const standStill = (time_ms: number) => Atomics.wait(word, 0, 0, time_ms);

test('what takes too long is late, and what does not has its value or its reason', async () => {
  const begun = performance.now();
  assert.deepEqual(await within(100, new Promise(() => {})), { code: 'late' });
  const took = performance.now() - begun;
  assert.ok(took > 90 && took < 1000, `${took} ms`);
  assert.deepEqual(await within(10_000, Promise.resolve(1)), { code: 'answered', value: 1 });
  assert.deepEqual(await within(10_000, Promise.reject(new Error('why'))), { code: 'failed', reason: 'why' });
});

test('what the process was stopped does not count', async () => {
  const { promise, resolve } = deferred();
  const answer = within(400, promise);
  standStill(1500);
  setTimeout(resolve, 50);
  assert.deepEqual(await answer, { code: 'answered', value: undefined });
});

test('a process that is stopped again and again is late in the end', async () => {
  let late = false;
  const forget = after(80, () => {
    late = true;
  });
  for (let stops = 0; stops < 13 && !late; stops += 1) {
    standStill(1050);
    await passes(1);
  }
  forget();
  assert.equal(late, true);
});

test('a wait is under way until it is answered, late or forgotten', async () => {
  assert.equal(isWaiting(), false);
  const { promise, resolve } = deferred();
  const answers = [within(10_000, promise), within(20, new Promise(() => {}))];
  const forget = after(10_000, () => {});
  assert.equal(isWaiting(), true);
  await answers[1];
  resolve();
  await answers[0];
  assert.equal(isWaiting(), true);
  forget();
  forget();
  assert.equal(isWaiting(), false);
});
