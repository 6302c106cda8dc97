// The judge of claims, with a scrypt that only counts: what is compared with what, what is united, what is bounded, and that
// wrong claims are the same work whether or not there is such a user.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type ClaimNotice, UserJudge } from '../../../src/main/users/judge.js';
import { judgedUsers } from '../../../src/protocol/users/judged-users.js';
import { PairDigest } from '../../../src/protocol/users/pair-digest.js';
import { formatPhc, type ScryptHash } from '../../../src/protocol/users/phc.js';

const HOME = '192.0.2.1';

/** A stand-in: the hash of a password is its octets, with dots to 16. */
const hashOf = (password: string, ln = 15): ScryptHash => ({
  ...{ ln, r: 8, p: 1, salt: new Uint8Array(8) },
  hash: Buffer.from(password.padEnd(16, '.')),
});

class World {
  readonly digest = new PairDigest(new Uint8Array(32));
  readonly notices: ClaimNotice[] = [];
  /** The cost of each comparison: its ln. */
  readonly verified: number[] = [];
  /** Comparisons under way; each ends by a call. */
  readonly running: (() => void)[] = [];
  runningMost = 0;
  now = 0;
  /** Whether comparisons end by themselves. */
  isQuick = true;
  readonly judge: UserJudge;

  constructor(running_max = 2) {
    this.judge = new UserJudge({
      digest: this.digest,
      verify: (password, { ln, hash }) => {
        this.verified.push(ln);
        const isRight = Buffer.from(hash).equals(hashOf(password).hash);
        if (this.isQuick) return Promise.resolve(isRight);
        return new Promise((resolve) => {
          this.running.push(() => resolve(isRight));
          this.runningMost = Math.max(this.runningMost, this.running.length);
        });
      },
      running_max,
      now: () => this.now,
      notice: (notice) => this.notices.push(notice),
    });
  }

  /** Texts are passwords, hashes stand for themselves. */
  users(users: Readonly<Record<string, string | ScryptHash>>): void {
    const entries = Object.entries(users).map(([name, password]) => ({
      ...{ name, lines: undefined },
      password: typeof password === 'string' ? password : formatPhc(password),
    }));
    this.judge.set(judgedUsers(entries, this.digest));
  }

  claim(name: string, password: string, network = HOME, client = network) {
    return this.judge.judge({ name, password, client, network });
  }

  async code(name: string, password: string, network = HOME): Promise<string> {
    return (await this.claim(name, password, network)).code;
  }

  /** Ends comparisons until none is under way any more. */
  async finish(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      for (let end = this.running.shift(); end !== undefined; end = this.running.shift()) {
        end();
        quiet = 0;
      }
      await turn();
    }
  }
}

describe('who is known', () => {
  test('a configured password, and one by its hash, which is compared once', async () => {
    const world = new World();
    world.users({ alice: 'secret', bob: hashOf('hunter2') });
    assert.deepEqual([await world.code('alice', 'secret'), world.verified], ['known', []]);
    const first = await world.claim('bob', 'hunter2');
    assert.ok(first.code === 'known');
    assert.equal(first.mark, world.digest.of('bob', formatPhc(hashOf('hunter2'))));
    assert.deepEqual([await world.code('bob', 'hunter2', '192.0.2.9'), world.verified], ['known', [15]]);
    assert.deepEqual(world.notices, []);
  });

  test('nobody else', async () => {
    const world = new World();
    world.users({ alice: 'secret', bob: hashOf('hunter2') });
    for (const [name, password] of [
      ...[
        ['alice', 'hunter2'],
        ['bob', 'secret'],
        ['carol', 'secret'],
        ['alice', 'Secret'],
        ['Alice', 'secret'],
      ],
      // The hash itself is no password.
      ['bob', formatPhc(hashOf('hunter2'))],
    ] as [string, string][]) {
      assert.equal(await world.code(name, password, name + password), 'unknown');
    }
  });
});

describe('equal work', () => {
  /** The costs of a wrong claim for each name, each from a network of its own. */
  async function costs(users: Readonly<Record<string, string | ScryptHash>>, names: readonly string[]) {
    const all: number[][] = [];
    for (const name of names) {
      const world = new World();
      world.users(users);
      assert.equal(await world.code(name, 'wrong'), 'unknown');
      all.push(world.verified);
    }
    return all;
  }

  test('one scrypt for a wrong claim, for whichever name', async () => {
    const users = { alice: 'secret', bob: hashOf('hunter2') };
    assert.deepEqual(await costs(users, ['alice', 'bob', 'carol', 'dave']), [[15], [15], [15], [15]]);
  });

  test('none, where no user has a hash', async () => {
    assert.deepEqual(await costs({ alice: 'secret' }, ['alice', 'carol']), [[], []]);
  });

  test('where hashes have several costs, a name that is nobody has one of them, and always the same', async () => {
    const users = { alice: hashOf('a', 14), bob: hashOf('b', 15), carol: hashOf('c', 16) };
    const names = Array.from({ length: 60 }, (_, number) => `nobody ${number}`);
    const first = (await costs(users, names)).map(([cost]) => cost);
    assert.deepEqual(new Set(first), new Set([14, 15, 16]));
    assert.deepEqual(
      (await costs(users, names)).map(([cost]) => cost),
      first,
    );
  });
});

describe('bounds', () => {
  test('the same claim of several networks is compared once, and counts once for each', async () => {
    const world = new World();
    world.users({ bob: hashOf('hunter2') });
    world.isQuick = false;
    const claims = [HOME, HOME, HOME, '192.0.2.9'].map((network) => world.claim('bob', 'wrong', network));
    await world.finish();
    const judged = await Promise.all(claims);
    assert.deepEqual(
      judged.map((one) => one.code === 'unknown' && one.delay_ms),
      [250, 250, 250, 250],
    );
    assert.deepEqual(world.verified, [15]);
  });

  test('a wrong claim that is repeated costs nothing and closes no network', async () => {
    const world = new World();
    world.users({ bob: hashOf('hunter2') });
    for (let times = 0; times < 100; times += 1) assert.equal(await world.code('bob', 'old'), 'unknown');
    assert.equal(world.verified.length, 1);
    assert.equal(await world.code('bob', 'hunter2'), 'known');
    world.users({ bob: hashOf('old') });
    assert.equal(await world.code('bob', 'old'), 'known');
  });

  test('two at a time; of one network four wait, and sixty-four in all', async () => {
    const world = new World();
    world.users({ bob: hashOf('hunter2') });
    world.isQuick = false;
    const ofOne = Array.from({ length: 6 }, (_, number) => world.claim('bob', `${number}`));
    const ofMany = Array.from({ length: 70 }, (_, number) => world.claim('bob', 'x', `10.0.0.${number}`));
    const different = Array.from({ length: 70 }, (_, number) => world.claim(`n${number}`, 'x', `10.0.1.${number}`));
    await world.finish();
    const codes = async (claims: typeof ofOne) => {
      const counts = { known: 0, unknown: 0, 'too-many': 0 };
      for (const { code } of await Promise.all(claims)) counts[code] += 1;
      return counts;
    };
    assert.deepEqual(await codes(ofOne), { known: 0, unknown: 4, 'too-many': 2 });
    // One claim, of many networks.
    assert.deepEqual(await codes(ofMany), { known: 0, unknown: 70, 'too-many': 0 });
    assert.deepEqual(await codes(different), { known: 0, unknown: 59, 'too-many': 11 });
    assert.deepEqual([world.runningMost, world.verified.length], [2, 64]);
    // Nothing of it is left.
    world.isQuick = true;
    assert.equal(await world.code('bob', 'other'), 'unknown');
  });

  test('of a hundred thousand wrong passwords twenty are compared, and a user of another network is served', async () => {
    const world = new World();
    world.users({ bob: hashOf('hunter2') });
    let tooMany = 0;
    for (let number = 0; number < 100_000; number += 1) {
      const judged = await world.claim('bob', `guess ${number}`);
      if (judged.code === 'too-many') tooMany += 1;
    }
    assert.deepEqual([world.verified.length, tooMany], [20, 99_980]);
    assert.deepEqual(await world.claim('bob', 'hunter2'), { code: 'too-many', closed_ms: 6000 });
    assert.equal(await world.code('bob', 'hunter2', '192.0.2.9'), 'known');
    world.now = 6000;
    assert.equal(await world.code('bob', 'hunter2'), 'known');
    assert.equal(world.verified.length, 21);
  });
});

describe('users that change while a claim is compared', () => {
  test('it is judged by the new ones', async () => {
    const world = new World();
    world.users({ bob: hashOf('old'), carol: hashOf('c') });
    world.isQuick = false;
    const claims = [world.claim('bob', 'old'), world.claim('carol', 'c'), world.claim('dave', 'd')];
    await turn();
    world.users({ bob: hashOf('new'), carol: 'c', dave: hashOf('d') });
    await world.finish();
    assert.deepEqual(
      (await Promise.all(claims)).map(({ code }) => code),
      ['unknown', 'known', 'known'],
    );
  });

  test('one who has gone is unknown, and is not remembered', async () => {
    const world = new World();
    world.users({ bob: hashOf('old'), carol: hashOf('c') });
    world.isQuick = false;
    const claim = world.claim('bob', 'old');
    await turn();
    world.users({ carol: hashOf('c') });
    await world.finish();
    assert.equal((await claim).code, 'unknown');
    world.users({ bob: hashOf('old') });
    world.isQuick = true;
    assert.equal(await world.code('bob', 'old', '192.0.2.9'), 'known');
    assert.equal(world.verified.length, 3);
  });
});

test('who guesses at one address of a network shuts out itself, and no neighbour', async () => {
  const world = new World();
  world.users({ alice: 'secret' });
  const at = async (client: string, password: string) =>
    (await world.claim('alice', password, '2001:db8::/64', client)).code;
  for (let number = 0; number < 20; number += 1) assert.equal(await at('2001:db8::1', `${number}`), 'unknown');
  assert.deepEqual([await at('2001:db8::1', 'secret'), await at('2001:db8::2', 'secret')], ['too-many', 'known']);
  for (let number = 20; number < 80; number += 1) assert.equal(await at(`2001:db8::${number}`, `${number}`), 'unknown');
  assert.equal(await at('2001:db8::999', 'secret'), 'too-many');
});

test('what is noticed has the name, the network, and whether there is such a user', async () => {
  const world = new World();
  world.users({ alice: 'secret' });
  await world.code('alice', 'x');
  await world.code('carol', 'y');
  assert.deepEqual(world.notices, [
    { code: 'unknown', name: 'alice', isUser: true, network: HOME },
    { code: 'unknown', name: 'carol', isUser: false, network: HOME },
  ]);
});
