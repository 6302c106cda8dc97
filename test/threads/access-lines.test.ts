import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { type AccessBatch, AccessLines, receiveAccess } from '../../src/threads/access-lines.js';
import { until } from '../helpers/until.js';

/** As in threads/access-lines.ts. */
const BATCH = 64;
const BEHIND_MAX = 8192;

function lines() {
  const { port1: main, port2 } = new MessageChannel();
  let dropped = 0;
  const actor = new AccessLines(
    port2,
    () => {
      dropped += 1;
    },
    (count) => `dropped ${count}\n`,
  );
  const batches = (): AccessBatch[] => {
    const all: AccessBatch[] = [];
    for (let last = receiveMessageOnPort(main); last !== undefined; last = receiveMessageOnPort(main)) {
      all.push(last.message as AccessBatch);
    }
    return all;
  };
  return { actor, main, batches, dropped: () => dropped };
}

test('lines go together, at the latest when there are many, and the last ones when it closes', () => {
  const { actor, main, batches } = lines();
  actor.add('a\n');
  actor.add('b\n');
  assert.deepEqual(batches(), []);
  actor.flush();
  actor.flush();
  assert.deepEqual(batches(), [{ text: 'a\nb\n', lines: 2 }]);
  for (let added = 0; added < BATCH + 1; added += 1) actor.add('c\n');
  assert.deepEqual(batches(), [{ text: 'c\n'.repeat(BATCH), lines: BATCH }]);
  actor.close();
  assert.deepEqual(batches(), [{ text: 'c\n', lines: 1 }]);
  main.close();
});

test('lines that main has not acknowledged are bounded; what is dropped is counted, and told of in its place', async () => {
  const { actor, main, batches, dropped } = lines();
  for (let added = 0; added < BEHIND_MAX + 3; added += 1) actor.add('x\n');
  assert.equal(dropped(), 3);
  let text = '';
  const write = (batch: AccessBatch): void => {
    text += batch.text;
  };
  for (const batch of batches()) {
    write(batch);
    main.postMessage(batch.lines);
  }
  receiveAccess(main, write);
  await until('it is told', () => text.includes('dropped'));
  actor.add('y\n');
  actor.flush();
  await until('it goes on', () => text.endsWith('y\n'));
  assert.equal(text, `${'x\n'.repeat(BEHIND_MAX)}dropped 3\ny\n`);
  actor.close();
  main.close();
});

test('the last lines have no bound, and what was dropped before them is told', () => {
  const { actor, main, batches, dropped } = lines();
  for (let added = 0; added < BEHIND_MAX + 3; added += 1) actor.add('x\n');
  actor.unbound();
  for (let added = 0; added < BEHIND_MAX; added += 1) actor.add('y\n');
  actor.close();
  const text = batches().reduce((all, batch) => all + batch.text, '');
  assert.equal(text, `${'x\n'.repeat(BEHIND_MAX)}dropped 3\n${'y\n'.repeat(BEHIND_MAX)}`);
  assert.equal(dropped(), 3);
  main.close();
});
