// An actor's answer to claims, with a judge of the test's: what is answered at once, what is asked and how often, what is
// held back, and what is withdrawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import type { Judgement, OpenClaim } from '../../../../src/protocol/users/judgement.js';
import { UsersReplica } from '../../../../src/workers/connection/client/users-replica.js';

const HOME = Uint8Array.of(192, 0, 2, 1);
const AWAY = Uint8Array.of(192, 0, 2, 2);
const ALICE = { name: 'alice', mark: 'first', lines: [2] };
const KNOWN: Judgement = { code: 'known', mark: 'first' };
const SLOWLY: Judgement = { code: 'unknown', delay_ms: 1000 };

class World {
  now = 0;
  readonly deadlines = new DeadlineWheel(0);
  readonly asked: OpenClaim[] = [];
  readonly counts = { known: 0, unknown: 0, tooMany: 0 };
  readonly verdicts: string[] = [];
  readonly told: string[] = [];
  disconnected = 0;
  readonly replica: UsersReplica;
  #answers: ((judgement: Judgement) => void)[] = [];

  constructor() {
    const count = (which: keyof World['counts']) => () => {
      this.counts[which] += 1;
    };
    this.replica = new UsersReplica(new Uint8Array(32), [ALICE], {
      ...{ deadlines: this.deadlines, now: () => this.now },
      counts: { known: count('known'), unknown: count('unknown'), tooMany: count('tooMany') },
      notice: ({ message }) => this.told.push(message),
    });
    const judge = (claim: OpenClaim): Promise<Judgement> => {
      this.asked.push(claim);
      return new Promise((resolve) => this.#answers.push(resolve));
    };
    this.replica.connect({ judge }, () => {
      this.disconnected += 1;
    });
  }

  /** Returns what withdraws the claim. */
  claim(name: string, password: string, client: Uint8Array | 'unix' = HOME): (() => void) | undefined {
    return this.replica.judge({ name, password, client: client === 'unix' ? undefined : client }, (verdict) => {
      const { code } = verdict;
      this.verdicts.push(code === 'known' ? `${verdict.user.name}/${verdict.user.tag ?? ''}` : code);
    });
  }

  /** Answers all that was asked. */
  async answer(judgement: Judgement): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer(judgement);
    await turn();
  }

  /** What was decided since the last call. */
  take(): string[] {
    return this.verdicts.splice(0);
  }

  pass(ms: number): void {
    this.now += ms;
    this.deadlines.expire(this.now);
  }
}

test('a pair is asked once, and is then right at once, with any tag, from the network where it was right', async () => {
  const world = new World();
  assert.notEqual(world.claim('alice', 'pw'), undefined);
  assert.deepEqual(world.take(), []);
  await world.answer(KNOWN);
  assert.deepEqual(world.take(), ['alice/']);
  for (const name of ['alice', 'alice+work']) assert.equal(world.claim(name, 'pw'), undefined);
  assert.deepEqual(world.take(), ['alice/', 'alice/work']);
  assert.deepEqual(world.asked, [{ name: 'alice', password: 'pw', client: '192.0.2.1', network: '192.0.2.1' }]);
  world.claim('alice+x', 'pw', AWAY);
  world.claim('alice', 'pw', 'unix');
  assert.deepEqual(
    world.asked.slice(1).map(({ name, network }) => `${name} ${network}`),
    ['alice 192.0.2.2', 'alice unix'],
  );
  assert.deepEqual(world.counts, { known: 3, unknown: 0, tooMany: 0 });
});

test('a name or password that is not UTF-8 is refused, counted, and never asked', () => {
  const world = new World();
  const wrong = Buffer.of(0xff, 0xfe).toString('utf8');
  assert.equal(world.claim('alice', wrong), undefined);
  assert.equal(world.claim(wrong, 'pw'), undefined);
  assert.deepEqual(world.take(), ['unknown', 'unknown']);
  assert.deepEqual(world.asked, []);
  assert.deepEqual(world.counts, { known: 0, unknown: 2, tooMany: 0 });
});

test('a claim that is withdrawn before it is judged, or while its refusal is held back, counts once', async () => {
  const world = new World();
  world.claim('alice', 'early')?.();
  await world.answer(SLOWLY);
  const withdraw = world.claim('alice', 'late');
  await world.answer(SLOWLY);
  withdraw?.();
  world.pass(5000);
  world.claim('alice', 'pw')?.();
  await world.answer(KNOWN);
  world.claim('alice', 'more')?.();
  await world.answer({ code: 'too-many', closed_ms: 0 });
  assert.deepEqual(world.take(), []);
  assert.deepEqual(world.counts, { known: 1, unknown: 2, tooMany: 1 });
});

test('the same claim of several connections is asked once, and each keeps its tag', async () => {
  const world = new World();
  for (const name of ['alice+a', 'alice+b', 'alice']) world.claim(name, 'pw');
  assert.equal(world.asked.length, 1);
  await world.answer(KNOWN);
  assert.deepEqual(world.take(), ['alice/a', 'alice/b', 'alice/']);
});

test('a refusal is held back as long as the judge says', async () => {
  const world = new World();
  world.claim('alice', 'wrong');
  await world.answer(SLOWLY);
  world.pass(900);
  assert.deepEqual(world.take(), []);
  world.pass(200);
  assert.deepEqual([world.take(), world.deadlines.size], [['unknown'], 0]);
});

test('what is withdrawn hears nothing, before the answer and while a refusal is held back', async () => {
  const world = new World();
  const withdraw = world.claim('alice', 'wrong');
  const stays = world.claim('alice', 'wrong');
  withdraw?.();
  await world.answer(SLOWLY);
  assert.equal(world.deadlines.size, 1);
  stays?.();
  assert.equal(world.deadlines.size, 0);
  world.pass(10_000);
  assert.deepEqual(world.take(), []);
  assert.deepEqual(world.counts, { known: 0, unknown: 2, tooMany: 0 });
});

test('a pair is remembered also where the client has gone meanwhile', async () => {
  const world = new World();
  world.claim('alice', 'pw')?.();
  await world.answer(KNOWN);
  world.claim('alice', 'pw');
  assert.deepEqual(world.take(), ['alice/']);
});

test('where 256 refusals are held back, a further one is sent at once', async () => {
  const world = new World();
  for (let number = 0; number < 260; number += 1) world.claim('alice', 'wrong');
  await world.answer(SLOWLY);
  assert.equal(world.take().length, 4);
  world.pass(2000);
  assert.equal(world.take().length, 256);
});

test('a network that is closed is refused without asking, until it is open again; who was right there is served', async () => {
  const world = new World();
  world.claim('alice', 'pw');
  await world.answer(KNOWN);
  world.claim('alice', 'wrong');
  await world.answer({ code: 'too-many', closed_ms: 6000 });
  assert.deepEqual(world.take(), ['alice/', 'too-many']);
  for (let number = 0; number < 10_000; number += 1) assert.equal(world.claim('alice', `guess ${number}`), undefined);
  assert.deepEqual([world.take().every((verdict) => verdict === 'too-many'), world.asked.length], [true, 2]);
  world.claim('alice', 'pw');
  assert.deepEqual(world.take(), ['alice/']);
  world.pass(6000);
  world.claim('alice', 'wrong');
  assert.equal(world.asked.length, 3);
  assert.deepEqual(world.counts, { known: 2, unknown: 0, tooMany: 10_001 });
});

test('a right pair that was never right from a closed network is refused like a wrong one', async () => {
  const world = new World();
  world.claim('alice', 'pw');
  await world.answer(KNOWN);
  world.claim('alice', 'wrong', AWAY);
  await world.answer({ code: 'too-many', closed_ms: 6000 });
  world.take();
  world.claim('alice', 'pw', AWAY);
  assert.deepEqual([world.take(), world.asked.length], [['too-many'], 2]);
});

test('64 different claims are asked at a time', () => {
  const world = new World();
  for (let number = 0; number < 70; number += 1) world.claim('alice', `${number}`);
  assert.deepEqual([world.asked.length, world.take().length], [64, 6]);
});

test('what cannot be a name, a tag or a password is unknown at once', () => {
  const world = new World();
  for (const [name, password] of [
    ['', 'x'],
    ['a\0', 'x'],
    ['alice', ''],
    ['alice+', 'x'],
    ['alice+a b', 'x'],
  ] as const) {
    assert.equal(world.claim(name, password), undefined);
  }
  assert.deepEqual([world.take(), world.asked.length, world.counts.unknown], [Array(5).fill('unknown'), 0, 5]);
});

test('a user whose entry changes, or who goes, is asked again; the lines are those of now', async () => {
  const world = new World();
  const is = async (mark: string) => {
    world.claim('alice', 'pw');
    await world.answer({ code: 'known', mark });
    return world.asked.splice(0).length;
  };
  assert.deepEqual([await is('first'), await is('first'), world.replica.linesOf('alice')], [1, 0, [2]]);
  world.replica.set([{ ...ALICE, lines: undefined }]);
  assert.deepEqual([await is('first'), world.replica.linesOf('alice')], [0, undefined]);
  world.replica.set([{ ...ALICE, mark: 'second' }]);
  // Main knew the change before this actor.
  assert.deepEqual([await is('third'), await is('second'), await is('second')], [1, 1, 0]);
  world.replica.set([]);
  assert.deepEqual([await is('none'), world.replica.linesOf('alice')], [1, []]);
});

test('without a judge, or with one that fails, nobody is let in', async () => {
  const world = new World();
  world.replica.connect({ judge: () => Promise.reject(new Error('closed')) }, () => {});
  assert.equal(world.disconnected, 1, 'the judge before it is let go');
  world.claim('alice', 'pw');
  await turn();
  assert.deepEqual(world.take(), ['too-many']);
});

test('once it is closed, an answer that comes later finds nobody', async () => {
  const world = new World();
  world.claim('alice', 'pw');
  world.claim('alice', 'pw');
  world.claim('bob', 'pw');
  world.replica.close();
  world.replica.close();
  assert.equal(world.disconnected, 1);
  await world.answer(KNOWN);
  assert.deepEqual([world.take(), world.counts], [[], { known: 0, unknown: 0, tooMany: 0 }]);
});

test('a name that nobody can have is not asked for, and told without the name', () => {
  const world = new World();
  world.claim('al\nice', 'pw');
  world.claim('alice', '', 'unix');
  assert.deepEqual([world.take(), world.asked.length, world.counts.unknown], [['unknown', 'unknown'], 0, 2]);
  assert.deepEqual(world.told, [
    'a client at 192.0.2.1 gave a wrong name or password',
    'a client of a Unix socket gave a wrong name or password',
  ]);
});

test('a user has the limits of its entry, and nobody else has any', () => {
  const world = new World();
  const limits = { connections_max: 2, rate: undefined };
  world.replica.set([{ ...ALICE, limits }]);
  assert.deepEqual([world.replica.limitsOf('alice'), world.replica.limitsOf('bob')], [limits, undefined]);
});

test('an address that is closed does not close its neighbours of IPv6, and a right pair holds for all of them', async () => {
  const world = new World();
  const [one, other] = [1, 2].map((last) => Uint8Array.of(0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), last)) as [
    Uint8Array,
    Uint8Array,
  ];
  world.claim('alice', 'wrong', one);
  await world.answer({ code: 'too-many', closed_ms: 6000 });
  world.claim('alice', 'pw', one);
  assert.deepEqual(world.take(), ['too-many', 'too-many']);
  world.claim('alice', 'pw', other);
  await world.answer(KNOWN);
  world.claim('alice', 'pw', one);
  assert.deepEqual(world.take(), ['alice/', 'alice/']);
  assert.deepEqual(
    world.asked.map(({ client, network }) => `${client} ${network}`),
    ['2001:db8::1 2001:db8::/64', '2001:db8::2 2001:db8::/64'],
  );
});
