// The connection actor's own copies of names and bad addresses, against a DNS actor that the test plays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { DeadlineWheel } from '../../../src/protocol/deadline-wheel.js';
import type { BadAddressChange, Verdict } from '../../../src/protocol/trust/evidence.js';
import type { Observation } from '../../../src/protocol/trust/outcomes.js';
import type { LookupAnswer, NamesActor, NamesSubscriber } from '../../../src/threads/contracts/dns.js';
import { serveLookups } from '../../../src/threads/lookups.js';
import { call, type Remote, serve } from '../../../src/threads/port.js';
import { Counter, Counters } from '../../../src/threads/shared/counters.js';
import { FirstByte } from '../../../src/workers/connection/relay/first-byte.js';
import { OutcomeReports } from '../../../src/workers/connection/shared/outcome-reports.js';
import { BadAddresses } from '../../../src/workers/connection/shared/replicas/bad-addresses.js';
import type { NameOutcome } from '../../../src/workers/connection/shared/replicas/name-outcome.js';
import { NamesReplica } from '../../../src/workers/connection/shared/replicas/names.js';
import { defaultOptions } from '../../helpers/default-options.js';

const NAME = 'site.com';
const [A, B] = ['8.0.0.1', '2001:4860::8'];
const NOTHING: Verdict = { everywhere: false, names: [], servers: [], last: [], expires: 1000 };
const bytes = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const bad = (address: string, verdict: Partial<Verdict>): BadAddressChange => ({
  address,
  verdict: { ...NOTHING, ...verdict },
});

test('an address is forbidden everywhere, or for its names, or not at all', async () => {
  const list = new BadAddresses(['10.0.0.0/8', '2001:db8::/32'], () => 0);
  await list.badAddressesChanged([bad(A, { names: [NAME] }), bad(B, { everywhere: true })], true);
  assert.deepEqual(
    [list.forbids(bytes(A), NAME), list.forbids(bytes(A), 'other.com'), list.forbids(bytes(A), undefined)],
    [true, false, false],
  );
  assert.deepEqual([list.forbids(bytes(B), NAME), list.forbids(bytes(B), undefined)], [true, true]);
  for (const fixed of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])
    assert.equal(list.forbids(bytes(fixed), NAME), true);
  assert.equal(list.forbids(bytes('11.0.0.1'), NAME), false);
  await list.badAddressesChanged([{ address: B, verdict: undefined }], false);
  assert.equal(list.forbids(bytes(B), NAME), false);
});

test('what an earlier DNS actor knew serves until it would have expired', async () => {
  const clock = { ms: 0 };
  const list = new BadAddresses([], () => clock.ms);
  await list.badAddressesChanged([bad(A, { everywhere: true })], true);
  await list.badAddressesChanged([bad(B, { everywhere: true })], true);
  assert.deepEqual([list.forbids(bytes(A), NAME), list.forbids(bytes(B), NAME)], [true, true]);
  clock.ms = 1000;
  // The end of the other is for the DNS actor to tell.
  assert.deepEqual([list.forbids(bytes(A), NAME), list.forbids(bytes(B), NAME)], [false, true]);
});

test('a cached answer loses an address that turns bad and has it again when that is undone, all without a question', async () => {
  await withReplica({ [NAME]: [A, B] }, async ({ lookup, asked, push, counters }) => {
    assert.deepEqual(await lookup(), [A, B]);
    await push([bad(A, { names: [NAME] })]);
    assert.deepEqual(await lookup(), [B]);
    await push([{ address: A, verdict: undefined }, bad(B, { everywhere: true })]);
    assert.deepEqual(await lookup(), [A]);
    assert.equal(asked.length, 1);
    assert.deepEqual([counters[Counter.names], counters[Counter.namesKnown]], [3, 2]);
  });
});

test('what the DNS actor says is outdated is asked for anew', async () => {
  const zones: Record<string, string[]> = { [NAME]: [A] };
  await withReplica(zones, async ({ lookup, asked, outdate, replica }) => {
    await lookup();
    zones[NAME] = [B];
    await outdate(['other.test']);
    assert.deepEqual([await lookup(), asked.length], [[A], 1]);
    await outdate([NAME]);
    assert.deepEqual([await lookup(), asked.length], [[B], 2]);
    zones[NAME] = [A];
    await outdate(undefined);
    assert.deepEqual([await lookup(), asked.length], [[A], 3]);
    assert.equal(replica.changes, 3);
  });
});

test('an answer of which nothing is left is asked for anew', async () => {
  const zones: Record<string, string[]> = { [NAME]: [A] };
  await withReplica(zones, async ({ lookup, asked, push }) => {
    await lookup();
    zones[NAME] = [B];
    await push([bad(A, { everywhere: true })]);
    assert.deepEqual(await lookup(), [B]);
    assert.equal(asked.length, 2);
    await push([bad(B, { everywhere: true })]);
    assert.equal(await lookup(), 'dns-failed');
  });
});

test('an address that a server is not believed any more has its answers asked for anew, once', async () => {
  await withReplica({ [NAME]: [A, B] }, async ({ lookup, asked, push }) => {
    await lookup();
    await push([bad(A, { servers: ['udp://8.8.8.8:53'] })]);
    assert.deepEqual(await lookup(), [A, B]);
    assert.equal(asked.length, 2);
    await push([bad(A, { servers: ['udp://8.8.8.8:53'] })]);
    assert.deepEqual(await lookup(), [A, B]);
    assert.equal(asked.length, 2);
  });
});

test('a name is asked for anew once for all who want it, and the answer is the known one from then on', async () => {
  const zones = { [NAME]: ['192.0.2.1'] };
  await withReplica(zones, async ({ replica, asked, lookup, until }) => {
    await lookup();
    zones[NAME] = ['192.0.2.2'];
    const heard: NameOutcome[] = [];
    const hear = (outcome: NameOutcome): void => void heard.push(outcome);
    const never = (): void => assert.fail('it waits no more');
    assert.equal(replica.renew(NAME, 0, hear), true);
    assert.equal(replica.renew(NAME, 0, never), true);
    replica.forget(NAME, never);
    replica.flush();
    await until(() => heard.length === 1);
    assert.deepEqual(await lookup(), ['192.0.2.2']);
    assert.deepEqual(asked, [NAME, `${NAME} anew`]);
  });
});

test('a race does not wait long for what a name has anew, and asks nobody where there is no DNS actor', async () => {
  await withReplica({}, async ({ replica, deadlines }) => {
    const heard: string[] = [];
    replica.renew(NAME, 0, (outcome) => heard.push(outcome.kind));
    deadlines.expire(1400);
    assert.deepEqual(heard, []);
    deadlines.expire(1700);
    assert.deepEqual(heard, ['failed']);
    replica.close();
    assert.equal(
      replica.renew(NAME, 0, () => {}),
      false,
    );
  });
});

test('what is tried last stays in the answer', async () => {
  await withReplica({ [NAME]: [A, B] }, async ({ lookup, list, push }) => {
    await push([bad(A, { last: [NAME] })]);
    assert.deepEqual(await lookup(), [A, B]);
    assert.deepEqual(
      [list.isLast(bytes(A), NAME), list.isLast(bytes(A), 'other.com'), list.isLast(bytes(B), NAME)],
      [true, false, false],
    );
  });
});

test('an end without a word from the destination tells how long the client has waited', () => {
  const waited = (speak: (words: FirstByte, clock: { now: number }) => void): unknown[] => {
    const results: unknown[] = [];
    const clock = { now: 0 };
    const outcome = { answered: () => results.push('answered'), failed: () => results.push('failed') };
    speak(new FirstByte(clock, { ...outcome, unanswered: (waited_ms) => results.push(waited_ms) }), clock);
    return results;
  };
  const spoken = (then: (words: FirstByte) => void) => (words: FirstByte, clock: { now: number }) => {
    clock.now = 100;
    words.fromClient(0x47);
    clock.now = 350;
    then(words);
    // Only the first end counts.
    words.ended();
  };
  assert.deepEqual(waited(spoken((words) => words.ended())), [250]);
  assert.deepEqual(waited(spoken((words) => words.destinationEnded())), [Number.POSITIVE_INFINITY]);
  assert.deepEqual(waited(spoken((words) => words.destinationReset())), ['failed']);
  assert.deepEqual(waited(spoken((words) => words.fromDestination(0x48))), ['answered']);
  assert.deepEqual(
    waited((words) => words.destinationReset()),
    [Number.POSITIVE_INFINITY],
  );
});

test('the first words tell what a connection came to', () => {
  const heard = (speak: (words: FirstByte) => void): string[] => {
    const results: string[] = [];
    const heard = { answered: (result: string) => results.push(result), failed: () => results.push('failed') };
    speak(new FirstByte({ now: 0 }, heard));
    return results;
  };
  const hello = (then: (words: FirstByte) => void) => (words: FirstByte) => {
    words.fromClient(0x16);
    words.fromClient(0x00);
    then(words);
    // Only the first counts.
    words.fromDestination(0x16);
    words.destinationReset();
  };
  assert.deepEqual(heard(hello((words) => words.fromDestination(0x16))), ['tls']);
  assert.deepEqual(heard(hello((words) => words.fromDestination(0x15))), ['failed']);
  assert.deepEqual(heard(hello((words) => words.fromDestination(0x48))), ['plain']);
  assert.deepEqual(heard(hello((words) => words.destinationReset())), ['failed']);
  assert.deepEqual(heard(hello((words) => words.destinationEnded())), ['failed']);
  assert.deepEqual(
    heard((words) => words.fromDestination(0x53)),
    ['plain'],
  );
  // A client that says nothing has asked nothing, and a plain request may go without an answer.
  assert.deepEqual(
    heard((words) => words.destinationReset()),
    [],
  );
  assert.deepEqual(
    heard((words) => {
      words.fromClient(0x47);
      words.destinationEnded();
    }),
    [],
  );
});

test('outcomes go out in batches, repeated successes seldom, and no more than a bound', () => {
  const sent: (readonly Observation[])[] = [];
  const reports = new OutcomeReports((observations) => sent.push(observations));
  const reached = { name: NAME, ip: bytes(A) };
  reports.flush(1000);
  for (let i = 0; i < 5; i += 1) reports.note(reached, 'tls', 1000 + i);
  reports.note(reached, 'failed', 1010);
  reports.note(reached, 'tls', 1020);
  reports.note({ name: NAME, ip: undefined }, 'tls', 1030);
  reports.flush(1040);
  reports.note(reached, 'failed', 1041);
  reports.flush(1042);
  assert.deepEqual(sent, [
    [
      { name: NAME, address: A, result: 'tls' },
      { name: NAME, address: A, result: 'failed' },
      { name: NAME, address: A, result: 'tls' },
      { name: NAME, address: undefined, result: 'tls' },
    ],
  ]);
  for (let i = 0; i < 5000; i += 1) reports.note({ name: `n${i}.com`, ip: undefined }, 'failed', 1043);
  reports.flush(2000);
  assert.equal(sent[1]?.length, 1024);
});

test('what comes late is told to those who wait, to those who follow, and to none who wants no more', async () => {
  const told: string[] = [];
  const hears =
    (who: string) =>
    (outcome: NameOutcome, more: boolean): void => {
      const what = outcome.kind === 'found' ? outcome.ips.map(formatIp).join() : outcome.failure.code;
      told.push(`${who}: ${what}${more ? ' and more' : ''}`);
    };
  const [first, second, gone] = [hears('first'), hears('second'), hears('gone')];
  await withReplica({ [NAME]: [A, B] }, async ({ replica, halves, until }) => {
    halves.add(NAME);
    for (const one of [first, gone]) assert.equal(replica.lookup(NAME, 0, one), undefined);
    replica.flush();
    await until(() => told.length === 2);
    assert.deepEqual(told.splice(0), [`first: ${A} and more`, `gone: ${A} and more`]);
    // Long after the half would have expired, too.
    for (const now of [0, 3_600_001]) {
      const half = replica.lookup(NAME, now, second);
      assert.deepEqual(half?.kind === 'found' && half.ips.map(formatIp), [A]);
    }
    assert.equal(replica.follow(NAME, second), true);
    replica.forget(NAME, gone);
    halves.tellRest(NAME);
    await until(() => told.length === 2);
    assert.deepEqual(told, [`first: ${A},${B}`, `second: ${A},${B}`]);
    assert.equal(replica.follow(NAME, second), false);
    const whole = replica.lookup(NAME, 0, second);
    assert.deepEqual(whole?.kind === 'found' && whole.ips.map(formatIp), [A, B]);
  });
});

interface Playing {
  readonly deadlines: DeadlineWheel;
  readonly replica: NamesReplica;
  readonly halves: Halves;
  until(condition: () => boolean): Promise<void>;
  readonly list: BadAddresses;
  readonly asked: string[];
  readonly counters: Float64Array;
  /** Addresses, or why there are none. */
  lookup(): Promise<readonly string[] | string>;
  /** Settles when the replica has taken it in. */
  outdate(names: readonly string[] | undefined): Promise<void>;
  push(changes: readonly BadAddressChange[]): Promise<void>;
}

/** Names of which the first address comes first, and all of them when the test says so. */
class Halves {
  readonly #names = new Map<string, () => void>();

  add(name: string): void {
    this.#names.set(name, () => {});
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  hold(name: string, rest: () => void): void {
    this.#names.set(name, rest);
  }

  tellRest(name: string): void {
    this.#names.get(name)?.();
    this.#names.delete(name);
  }
}

async function withReplica(zones: Record<string, string[]>, body: (playing: Playing) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const asked: string[] = [];
  const halves = new Halves();
  let subscribed = (_pushes: MessagePort): void => {};
  const subscription = new Promise<MessagePort>((resolve) => {
    subscribed = resolve;
  });
  const names: NamesActor = {
    async lookups(port) {
      const renew = (name: string, hear: (answer: LookupAnswer) => void): void => {
        asked.push(`${name} anew`);
        hear({ code: 'found', addresses: zones[name] ?? [], ttl_s: 3600 });
      };
      const lookup = (name: string, hear: (answer: LookupAnswer) => void): void => {
        asked.push(name);
        const addresses = zones[name] ?? [];
        const whole = (): void => hear({ code: 'found', addresses, ttl_s: 3600 });
        if (halves.has(name)) {
          hear({ code: 'found', addresses: addresses.slice(0, 1), ttl_s: 3600, partial: true, more: true });
          halves.hold(name, whole);
        } else whole();
      };
      serveLookups(port as MessagePort, lookup, renew);
    },
    subscribe: async (pushes) => subscribed(pushes as MessagePort),
    observed: async () => {},
    siteSays: async () => {},
  };
  serve(names, port2);
  const now = (): number => 0;
  const list = new BadAddresses([], now);
  const counters = new Counters(Counters.create(1)).of(0);
  const deadlines = new DeadlineWheel(0);
  const replica = new NamesReplica(defaultOptions().dns, { deadlines, badAddresses: list, now, counters });
  replica.connect(port1);
  // The replica holds nobody up, so that somebody has to.
  port2.ref();
  const pushes = await subscription;
  const subscriber: Remote<NamesSubscriber> = call<NamesSubscriber>(pushes);
  try {
    await body({
      ...{ list, asked, counters, replica, halves, deadlines },
      async until(condition) {
        for (let turn = 0; turn < 1000 && !condition(); turn += 1) await new Promise((next) => setImmediate(next));
        assert.ok(condition());
      },
      async lookup() {
        const outcome = await new Promise<NameOutcome>((resolve) => {
          const known = replica.lookup(NAME, 0, resolve);
          if (known !== undefined) resolve(known);
          replica.flush();
        });
        return outcome.kind === 'found' ? outcome.ips.map(formatIp) : outcome.failure.code;
      },
      push: (changes) => subscriber.badAddressesChanged(changes, false),
      outdate: (names) => subscriber.namesChanged(names),
    });
  } finally {
    replica.close();
    port2.close();
    pushes.close();
  }
}
