import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Options } from '../../../src/protocol/options.js';
import type { LookupAnswer, NamesActor, NamesControl } from '../../../src/threads/contracts/dns.js';
import { LookupClient } from '../../../src/threads/lookups.js';
import { call, moved, type Remote } from '../../../src/threads/port.js';
import { Pulse } from '../../../src/threads/pulse.js';
import { dnsOptions, SYSTEM } from '../../helpers/dns-options.js';
import { DnsServer, deferred } from '../../helpers/dns-server.js';

const ACTOR = new URL('../../../src/workers/dns/actor.js', import.meta.url).href;
const RESOURCES = new URL('../../helpers/active-resources.js', import.meta.url).href;
const ZONES = { 'a.test': { A: ['192.0.2.1'], ttl_s: 60 } };
const A_TEST: LookupAnswer = { code: 'found', addresses: ['192.0.2.1'], ttl_s: 60 };

interface Connected {
  readonly port: MessagePort;
  lookup(name: string): Promise<LookupAnswer>;
  close(): void;
}

interface Running {
  readonly control: MessagePort;
  readonly actor: Remote<NamesControl>;
  readonly task: Promise<void>;
  connect(): Promise<Connected>;
  /** What keeps the actor's thread alive, before the actor ran and now. */
  readonly idle: readonly string[];
  resources(): Promise<string[]>;
}

async function withActor(options: object, body: (running: Running) => Promise<void>): Promise<void> {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1, atomics: 'disabled', concurrentTasksPerWorker: 2 });
  const { port1: control, port2 } = new MessageChannel();
  try {
    const resources = (): Promise<string[]> => pool.run(null, { filename: RESOURCES, name: 'activeResources' });
    const idle = await resources();
    const start = { options: options as Options, beats: Pulse.memory(), control: port2 };
    const task: Promise<void> = pool.run(start, { filename: ACTOR, name: 'run', transferList: [port2] });
    const actor = call<NamesControl>(control);
    await body({
      ...{ control, actor, task, idle, resources },
      async connect() {
        const { port1: port, port2: other } = new MessageChannel();
        await actor.connect(moved(other));
        return connected(port);
      },
    });
  } finally {
    control.close();
    await pool.destroy();
  }
}

test('every connected port looks names up, and one name is one query in flight for all of them', async (t) => {
  const gate = deferred();
  const server = await DnsServer.start(ZONES, { trick: () => ({ hold: gate.promise }) });
  t.after(() => server.close());
  const options = dnsOptions([server.at], [], { try_timeout_ms: 10_000, timeout_ms: 10_000 });
  await withActor(options, async ({ connect, actor, task }) => {
    const first = await connect();
    const second = await connect();
    const lookups = [first, second, first, second].map(({ lookup }) => lookup('a.test'));
    assert.equal((await first.lookup('127.0.0.1')).code, 'found');
    while (server.count() < 2) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    for (const answer of await Promise.all(lookups)) assert.deepEqual(answer, A_TEST);
    assert.equal(server.count(), 2);
    await actor.stop();
    await task;
  });
});

test('the ports of one whose other ends close are dropped, the others go on', async (t) => {
  const server = await DnsServer.start(ZONES);
  t.after(() => server.close());
  await withActor(dnsOptions([server.at]), async ({ connect, actor, task, resources }) => {
    const first = await connect();
    const before = count(await resources(), 'MessagePort');
    const second = await connect();
    // One more for its lookups.
    assert.equal(count(await resources(), 'MessagePort'), before + 2);
    second.close();
    for (let turn = 0; turn < 1000 && count(await resources(), 'MessagePort') > before; turn += 1);
    assert.equal(count(await resources(), 'MessagePort'), before);
    assert.deepEqual(await first.lookup('a.test'), A_TEST);
    await actor.stop();
    await task;
  });
});

test('stopping fails what is pending, closes every port, and leaves nothing in the thread', async (t) => {
  const server = await DnsServer.start(ZONES, { trick: () => 'drop' });
  t.after(() => server.close());
  const options = dnsOptions([server.at], [server.at], { timeout_ms: 60_000, try_timeout_ms: 60_000 });
  await withActor(options, async ({ connect, actor, task, idle, resources }) => {
    const { port, lookup } = await connect();
    const pending = lookup('a.test');
    while (server.count() < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(count(await resources(), 'UDPWrap'), 2);
    const closed = new Promise((resolve) => port.once('close', resolve));
    await actor.stop();
    assert.equal((await pending).code, 'failed');
    await closed;
    await task;
    // Handles close a turn later. The bound is far beyond what that takes.
    for (let turn = 0; turn < 100 && (await resources()).length > idle.length; turn += 1);
    assert.deepEqual(await resources(), idle);
  });
});

test('the actor ends when its control port closes', async () => {
  await withActor(dnsOptions([SYSTEM]), async ({ control, connect, task }) => {
    const { port, lookup } = await connect();
    const answer = await lookup('localhost');
    assert.ok(answer.code === 'found' && answer.addresses.length > 0);
    const closed = new Promise((resolve) => port.once('close', resolve));
    control.close();
    await task;
    await closed;
  });
});

/** Lookups as a connection actor makes them, one message each. */
async function connected(port: MessagePort): Promise<Connected> {
  const { port1, port2 } = new MessageChannel();
  await call<NamesActor>(port).lookups(moved(port2));
  const waiting: { readonly name: string; readonly hear: (answer: LookupAnswer) => void }[] = [];
  const client = new LookupClient(port1, (name, answer) => {
    const [first] = waiting.splice(
      waiting.findIndex((one) => one.name === name),
      1,
    );
    first?.hear(answer);
  });
  return {
    port,
    lookup(name) {
      client.ask(name);
      client.flush();
      return new Promise((hear) => waiting.push({ name, hear }));
    },
    close() {
      port.close();
      client.close();
    },
  };
}

function count(kinds: readonly string[], kind: string): number {
  return kinds.filter((one) => one === kind).length;
}
