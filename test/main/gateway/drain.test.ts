// A process that another one has taken over from: how long it drains, and what it passes on to the one before it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRAINING_MAX, type Drained, drain } from '../../../src/main/gateway/drain.js';
import { captureLog } from '../../helpers/capture-log.js';

function world() {
  const told: string[] = [];
  const { log } = captureLog();
  let orders: Parameters<Drained['successor']['follow']>[0] | undefined;
  let close = (): void => {};
  let go = (): void => {};
  let stop = (): void => {};
  const drained: Drained = {
    gateway: {
      close(allowed_ms) {
        told.push(`close ${allowed_ms}`);
        return new Promise((resolve) => {
          close = () => resolve({ completed: 1, failed: 0, cut: 0 });
        });
      },
      hasten: (allowed_ms) => told.push(`hasten ${allowed_ms}`),
      passUses: (pass) => pass({ lines: [{ identity: 'a line', bytes: 7 }], users: [] }),
    },
    ...{ upgrade_drain_timeout_ms: 5000, drain_timeout_ms: 70, log },
    successor: {
      giveAll: () => told.push('all'),
      carried: (uses) => told.push(`carried ${JSON.stringify(uses)}`),
      follow(given) {
        orders = given;
      },
    },
    predecessor: {
      stop: () => told.push('stop'),
      age: (processes) => told.push(`age ${processes}`),
      gone: new Promise((resolve) => {
        go = resolve;
      }),
    },
    stopped: new Promise<void>((resolve) => {
      stop = resolve;
    }),
    reopen: () => told.push('reopen'),
  };
  const over = drain(drained);
  assert.ok(orders !== undefined);
  return { told, orders, over, close: () => close(), go: () => go(), stop: () => stop() };
}

test('it ends with its last connection, and not before the process before it', async () => {
  const { told, over, close, go } = world();
  assert.deepEqual(told, [
    'all',
    'carried {"lines":[{"identity":"a line","bytes":7}],"users":[]}',
    'age 1',
    'close 5000',
  ]);
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  close();
  await new Promise(setImmediate);
  assert.equal(isOver, false);
  go();
  await over;
});

test('what the serving process asks for goes to the process before it, too', async () => {
  const { told, orders, over, close, go, stop } = world();
  told.length = 0;
  orders.reopen();
  orders.stop();
  stop();
  await new Promise(setImmediate);
  assert.deepEqual(told, ['reopen', 'hasten 70', 'stop', 'hasten 70', 'stop']);
  close();
  go();
  await over;
});

test('when there are too many, the oldest ends soon', async () => {
  const { told, orders, over, close, go } = world();
  told.length = 0;
  for (let processes = 1; processes < DRAINING_MAX; processes += 1) orders.age(processes);
  assert.ok(told.every((one) => one.startsWith('age ')));
  assert.equal(told.at(-1), `age ${DRAINING_MAX}`);
  orders.age(DRAINING_MAX);
  assert.deepEqual(told.slice(-2), [`age ${DRAINING_MAX + 1}`, 'hasten 70']);
  close();
  go();
  await over;
});
