// A line dies in the middle of many sessions: those that hang are reset, and their clients come back over another line. Nobody else
// is cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answered, Asked, Uplink } from '../helpers/dead-line-machine.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';

const MACHINE = new URL('../helpers/dead-line-machine.js', import.meta.url);
/** In different networks. */
const SITES = [1, 2, 3, 4, 5].map((net) => `198.18.${net}.1`);
const MORE_SITES = [11, 12, 13, 14, 15].map((net) => `198.18.${net}.1`);
/** Of which a rule keeps the connections to line two. */
const OTHER = '198.18.200.1';
/** The same for line one. */
const ONE = '198.18.100.1';
const CONFIG = {
  upstream: [
    { type: 'direct', name: 'one', interface: 'one' },
    { type: 'direct', name: 'two', interface: 'two' },
  ],
  rules: [{ cidr: OTHER, use: ['two'] }],
  race: { margin_ms: 50 },
  workers: 2,
};
const RULES = [...CONFIG.rules, { cidr: ONE, use: ['one'] }];
const SESSIONS = 60;
const GIVE_UP_MS = 30_000;
const LOOK_MS = 100;
/** Connections to each site one after the other while the line is silent: for longer than a second, and shorter than five. */
const SHORT_OUTAGE = 12;
const skip = withoutNamespaces() ?? false;

type Kind = Answered['kind'];

class Machine {
  readonly #namespace: Namespace<Asked, Answered>;
  readonly #crowds: (readonly number[])[] = [];

  constructor(namespace: Namespace<Asked, Answered>) {
    this.#namespace = namespace;
  }

  async ask<K extends Kind>(asked: Asked, kind: K): Promise<Extract<Answered, { kind: K }>> {
    const answered = await this.#namespace.ask(asked);
    assert.equal(answered.kind, kind);
    return answered as Extract<Answered, { kind: K }>;
  }

  /** Sessions of which all have come over one uplink. */
  async open(count: number, hosts: readonly string[], from: string): Promise<readonly number[]> {
    const opened = await this.ask({ kind: 'open', count, hosts }, 'opened');
    assert.deepEqual([...new Set(opened.from)], [from]);
    this.#crowds.push(opened.clients);
    return opened.clients;
  }

  async endings(clients: readonly number[]): Promise<readonly string[]> {
    return (await this.ask({ kind: 'look', clients }, 'looked')).endings;
  }

  /** Repeats `act` until it returns true. */
  async until(what: string, act: () => Promise<boolean>): Promise<number> {
    const begun = performance.now();
    while (!(await act())) {
      if (performance.now() - begun > GIVE_UP_MS)
        assert.fail(`not within ${GIVE_UP_MS} ms: ${what}\n${await this.#story()}`);
      await pause(LOOK_MS);
    }
    return performance.now() - begun;
  }

  /** How all crowds have fared, and what the gateway has logged but of single connections. */
  async #story(): Promise<string> {
    const told: string[] = [];
    for (const clients of this.#crowds) {
      const { endings, echoed } = await this.ask({ kind: 'look', clients }, 'looked');
      told.push(endings.map((ending, i) => `${ending} ${echoed[i]}`).join(', '));
    }
    const { records } = await this.ask({ kind: 'end' }, 'ended');
    return [...told, ...records.filter(({ msg }) => msg !== 'access').map((one) => JSON.stringify(one))].join('\n');
  }

  async link(uplink: Uplink, state: 'up' | 'down' | 'gone'): Promise<void> {
    await this.ask({ kind: 'link', uplink, state }, 'done');
  }

  /** Others come to the sites, and get through in any way. */
  async failOver(sites: readonly string[]): Promise<void> {
    await this.ask({ kind: 'open', count: sites.length, hosts: sites }, 'opened');
  }

  /** Each sends a byte, and gets it back. */
  async talk(clients: readonly number[]): Promise<void> {
    const before = await this.ask({ kind: 'look', clients }, 'looked');
    await this.ask({ kind: 'send', clients }, 'done');
    await this.until('all have their byte', async () => {
      const { endings, echoed } = await this.ask({ kind: 'look', clients }, 'looked');
      assert.deepEqual([...new Set(endings)], ['open']);
      return echoed.every((bytes, i) => bytes > (before.echoed[i] as number));
    });
  }
}

test('sessions that hang on a dead line are reset, and come back over another', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const namespace = await Namespace.start<Asked, Answered>(MACHINE);
  t.after(() => namespace.close());
  const machine = new Machine(namespace);
  await machine.ask({ kind: 'gateway', engine: 'epoll', config: CONFIG }, 'done');
  // What is known of a site first leads later.
  await machine.ask({ kind: 'answers', uplink: 'two', isOn: false }, 'done');
  const sending = await machine.open(SESSIONS, SITES, '10.1.0.1');
  const quiet = await machine.open(SESSIONS, MORE_SITES, '10.1.0.1');
  await machine.ask({ kind: 'answers', uplink: 'two', isOn: true }, 'done');
  const others = await machine.open(SESSIONS, [OTHER], '10.2.0.1');
  await machine.talk([...sending, ...quiet, ...others]);

  // A short outage: others fail over, and nobody is cut.
  await machine.ask({ kind: 'answers', uplink: 'one', isOn: false }, 'done');
  await machine.ask({ kind: 'send', clients: sending }, 'done');
  for (let i = 0; i < SHORT_OUTAGE; i += 1) await machine.failOver(SITES);
  await machine.ask({ kind: 'answers', uplink: 'one', isOn: true }, 'done');
  await machine.talk([...sending, ...quiet]);

  await machine.ask({ kind: 'answers', uplink: 'one', isOn: false }, 'done');
  await machine.ask({ kind: 'send', clients: sending }, 'done');
  const took_ms = await machine.until('all that sent are reset', async () => {
    await machine.failOver(MORE_SITES);
    return (await machine.endings(sending)).every((ending) => ending === 'ECONNRESET');
  });
  t.diagnostic(`reset after ${Math.round(took_ms)} ms`);
  assert.ok(took_ms > 4000, 'not before the line might have come back');
  await machine.talk(await machine.open(SESSIONS, SITES, '10.2.0.1'));
  assert.deepEqual([...new Set(await machine.endings(quiet))], ['open']);
  await machine.talk(others);

  await machine.ask({ kind: 'answers', uplink: 'one', isOn: true }, 'done');
  await machine.talk(quiet);
  const { records } = await machine.ask({ kind: 'end' }, 'ended');
  const report = records.find(({ msg }) => msg === 'report: connections');
  assert.equal(report?.['deadLine'], SESSIONS);
  const told = records.filter(({ msg }) => msg.includes('hung'));
  assert.deepEqual(
    told.map(({ line }) => line),
    ['one'],
  );
});

test('a link that is cut, or gone, resets what can no longer move, and a wiggled cable nobody', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const namespace = await Namespace.start<Asked, Answered>(MACHINE);
  t.after(() => namespace.close());
  const machine = new Machine(namespace);
  await machine.ask({ kind: 'gateway', engine: 'epoll', config: { ...CONFIG, rules: RULES } }, 'done');
  const sending = await machine.open(SESSIONS, [ONE], '10.1.0.1');
  const quiet = await machine.open(SESSIONS, [ONE], '10.1.0.1');
  const others = await machine.open(SESSIONS, [OTHER], '10.2.0.1');
  const all = [...sending, ...quiet, ...others];
  await machine.talk(all);

  await machine.link('one', 'down');
  await machine.ask({ kind: 'send', clients: sending }, 'done');
  await machine.failOver(SITES);
  await machine.link('one', 'up');
  await machine.talk(all);

  await machine.link('one', 'down');
  await machine.ask({ kind: 'send', clients: sending }, 'done');
  const took_ms = await machine.until('all that sent are reset', async () =>
    (await machine.endings(sending)).every((ending) => ending === 'ECONNRESET'),
  );
  t.diagnostic(`reset after ${Math.round(took_ms)} ms`);
  await machine.talk(others);
  await machine.link('one', 'up');
  await machine.talk(quiet);

  await machine.link('one', 'gone');
  const gone_ms = await machine.until('all of an interface that is gone are reset', async () =>
    (await machine.endings(quiet)).every((ending) => ending === 'ECONNRESET'),
  );
  t.diagnostic(`reset after ${Math.round(gone_ms)} ms without an interface`);
  await machine.talk(others);
  const { records } = await machine.ask({ kind: 'end' }, 'ended');
  assert.equal(records.find(({ msg }) => msg === 'report: connections')?.['deadLine'], 2 * SESSIONS);
});

test('first contacts alone tell that a line is dead', { skip, timeout: 120_000 }, async (t) => {
  const namespace = await Namespace.start<Asked, Answered>(MACHINE);
  t.after(() => namespace.close());
  const machine = new Machine(namespace);
  const [one, two] = CONFIG.upstream;
  const upstream = [one, { ...two, tier: 1 }];
  await machine.ask({ kind: 'gateway', engine: 'epoll', config: { ...CONFIG, upstream } }, 'done');
  const sending = await machine.open(SESSIONS, SITES, '10.1.0.1');
  await machine.talk(sending);
  await machine.ask({ kind: 'answers', uplink: 'one', isOn: false }, 'done');
  await machine.ask({ kind: 'send', clients: sending }, 'done');
  let net = 20;
  const took_ms = await machine.until('all that sent are reset', async () => {
    net += 1;
    await machine.open(1, [`198.18.${net}.1`], '10.2.0.1');
    return (await machine.endings(sending)).every((ending) => ending === 'ECONNRESET');
  });
  t.diagnostic(`reset after ${Math.round(took_ms)} ms`);
  assert.ok(took_ms > 4000, 'not before the line might have come back');
  await machine.ask({ kind: 'end' }, 'ended');
});
