// Lookups between two threads, here within one: how many messages they are.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { LookupAnswer } from '../../src/threads/contracts/dns.js';
import { LookupClient, serveLookups } from '../../src/threads/lookups.js';

const NONE: LookupAnswer = { code: 'no-such-name', exists: false, ttl_s: 5 };

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

test('all that a turn asks is one message, and all that is answered in a turn is one', async () => {
  const { client, heard, requests, answers } = world((_name, hear) => hear(NONE));
  for (const name of ['a.test', 'b.test', 'c.test']) client.ask(name);
  assert.deepEqual(requests, []);
  client.flush();
  client.flush();
  await until(() => heard.length === 3);
  assert.deepEqual(requests, [['a.test', 'b.test', 'c.test']]);
  assert.deepEqual(answers, [3]);
  assert.deepEqual(heard, ['a.test no-such-name', 'b.test no-such-name', 'c.test no-such-name']);
});

test('a name that is answered later holds up no other of its message', async () => {
  const slow: ((answer: LookupAnswer) => void)[] = [];
  const { client, heard } = world((name, hear) => {
    if (name === 'slow.test') slow.push(hear);
    else hear(NONE);
  });
  for (const name of ['slow.test', 'a.test']) client.ask(name);
  client.flush();
  await until(() => heard.length === 1);
  assert.deepEqual(heard, ['a.test no-such-name']);
  slow[0]?.({ code: 'failed', reason: 'timed out' });
  await until(() => heard.length === 2);
  assert.equal(heard[1], 'slow.test failed');
});

test('names that are to be asked for anew are told apart, and so are the answers', async () => {
  const { port1: near, port2: far } = new MessageChannel();
  const heard: string[] = [];
  serveLookups(
    far,
    (_name, hear) => hear(NONE),
    (_name, hear) => hear({ code: 'overloaded' }),
  );
  const client = new LookupClient(near, (name, { code }, renewed) => heard.push(`${name} ${code} ${renewed}`));
  ends.push(() => client.close());
  client.ask('a.test');
  client.renew('a.test');
  client.renew('b.test');
  client.flush();
  await until(() => heard.length === 3);
  assert.deepEqual(heard.sort(), ['a.test no-such-name false', 'a.test overloaded true', 'b.test overloaded true']);
});

test('answers to somebody who has gone go nowhere', async () => {
  const waiting: ((answer: LookupAnswer) => void)[] = [];
  const { client, heard, far } = world((_name, hear) => waiting.push(hear));
  client.ask('a.test');
  client.flush();
  await until(() => waiting.length === 1);
  const closed = new Promise((resolve) => far.once('close', resolve));
  client.close();
  await closed;
  waiting[0]?.(NONE);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(heard, []);
});

function world(lookup: (name: string, hear: (answer: LookupAnswer) => void) => void) {
  const { port1: near, port2: far } = new MessageChannel();
  const [heard, requests, answers]: [string[], unknown[], number[]] = [[], [], []];
  far.on('message', (names) => requests.push(names));
  near.on('message', (some: readonly unknown[]) => answers.push(some.length));
  serveLookups(far, lookup);
  const client = new LookupClient(near, (name, { code }) => heard.push(`${name} ${code}`));
  ends.push(() => client.close());
  return { client, heard, requests, answers, far: far as MessagePort };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
