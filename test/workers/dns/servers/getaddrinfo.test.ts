import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promised, type Reply } from '../../../../src/workers/dns/ask/exchange.js';
import { SystemNames, systemParallel } from '../../../../src/workers/dns/servers/getaddrinfo.js';

const LONG_MS = 60_000;

/** A getaddrinfo that answers a name when it is told to. */
function slowSystem(limits: { parallel: number; queue_max: number }) {
  const asked: string[] = [];
  const answers = new Map<string, () => void>();
  const names = new SystemNames(limits, (name) => {
    asked.push(name);
    return new Promise((resolve) => answers.set(name, () => resolve([{ address: '192.0.2.1' }])));
  });
  return { names, asked, answer: (name: string) => answers.get(name)?.() };
}

function ask(names: SystemNames, name: string, timeout_ms: number) {
  return promised<Reply>((hear) => names.ask(name, timeout_ms, hear));
}

test('the hosts file of this machine is asked', async () => {
  const names = new SystemNames({ parallel: 1, queue_max: 1 });
  const outcome = await ask(names, 'localhost', LONG_MS).outcome;
  assert.ok(outcome.kind === 'addresses' && outcome.ttl_s === 60);
  assert.ok(outcome.addresses.some((address) => address === '127.0.0.1' || address === '::1'));
});

test('no more names run at once than allowed, the others follow in order', async () => {
  const { names, asked, answer } = slowSystem({ parallel: 2, queue_max: 10 });
  const outcomes = ['a', 'b', 'c', 'd'].map((name) => ask(names, name, LONG_MS).outcome);
  assert.deepEqual(asked, ['a', 'b']);
  answer('b');
  await outcomes[1];
  assert.deepEqual(asked, ['a', 'b', 'c']);
  answer('c');
  await outcomes[2];
  assert.deepEqual(asked, ['a', 'b', 'c', 'd']);
  answer('a');
  answer('d');
  for (const outcome of await Promise.all(outcomes)) assert.equal(outcome.kind, 'addresses');
});

test('a name that hangs occupies one place, however often it is asked and given up', async () => {
  const { names, asked, answer } = slowSystem({ parallel: 2, queue_max: 10 });
  const failed = { kind: 'no-answer', code: 'timed-out', reason: 'timed out' };
  assert.deepEqual(await ask(names, 'hangs', 1).outcome, failed);
  assert.deepEqual(await ask(names, 'hangs', 1).outcome, failed);
  const other = ask(names, 'other', LONG_MS);
  answer('other');
  assert.equal((await other.outcome).kind, 'addresses');
  assert.deepEqual(asked, ['hangs', 'other']);
  const again = ask(names, 'hangs', LONG_MS);
  answer('hangs');
  assert.equal((await again.outcome).kind, 'addresses');
});

test('the queue is bounded, and whoever gives up leaves it', async () => {
  const { names, asked, answer } = slowSystem({ parallel: 1, queue_max: 1 });
  const first = ask(names, 'a', LONG_MS);
  const second = ask(names, 'b', LONG_MS);
  const reason = 'too many lookups wait';
  assert.deepEqual(await ask(names, 'c', LONG_MS).outcome, { kind: 'no-answer', code: 'failed', reason });
  second.cancel('stopping');
  assert.deepEqual(await second.outcome, { kind: 'no-answer', code: 'stopping', reason: 'stopping' });
  const third = ask(names, 'd', LONG_MS);
  answer('a');
  await first.outcome;
  answer('d');
  await third.outcome;
  assert.deepEqual(asked, ['a', 'd']);
});

test('a name that does not exist is told apart from a resolver that could not tell', async () => {
  const fails = (code: string) =>
    new SystemNames({ parallel: 1, queue_max: 1 }, () => Promise.reject(Object.assign(new Error(), { code })));
  const none = { kind: 'nxdomain', ttl_s: undefined };
  assert.deepEqual(await ask(fails('ENOTFOUND'), 'a', LONG_MS).outcome, none);
  for (const code of ['EAI_AGAIN', 'EAI_FAIL', 'ENOMEM']) {
    const failed = { kind: 'no-answer', code: 'failed', reason: code };
    assert.deepEqual(await ask(fails(code), 'a', LONG_MS).outcome, failed);
  }
});

test('half of the thread pool, as libuv itself would run', () => {
  assert.deepEqual([undefined, '', 'x', '-1', '1', '4', '16'].map(systemParallel), [2, 2, 2, 2, 1, 2, 8]);
});
