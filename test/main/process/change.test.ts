// Changes that are prepared and made together, or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Prepared, prepareAll } from '../../../src/main/process/change.js';

function steps(fails?: string) {
  const done: string[] = [];
  const step = (name: string) => async (): Promise<Prepared> => {
    done.push(`prepare ${name}`);
    if (name === fails) return { code: 'failed', message: `no ${name}` };
    const change = { make: () => void done.push(`make ${name}`), drop: () => void done.push(`drop ${name}`) };
    return { code: 'prepared', change };
  };
  return { done, all: ['a', 'b', 'c'].map(step) };
}

test('all are prepared before the first is made', async () => {
  const { done, all } = steps();
  const prepared = await prepareAll(all);
  assert.ok(prepared.code === 'prepared');
  await prepared.change.make();
  assert.deepEqual(done, ['prepare a', 'prepare b', 'prepare c', 'make a', 'make b', 'make c']);
});

test('where one cannot be, those before it are dropped and those behind it not begun', async () => {
  const { done, all } = steps('b');
  assert.deepEqual(await prepareAll(all), { code: 'failed', message: 'no b' });
  assert.deepEqual(done, ['prepare a', 'prepare b', 'drop a']);
});

test('what is dropped is dropped from the last to the first', async () => {
  const { done, all } = steps();
  const prepared = await prepareAll(all);
  assert.ok(prepared.code === 'prepared');
  await prepared.change.drop();
  assert.deepEqual(done.slice(3), ['drop c', 'drop b', 'drop a']);
});
