// News over an engine in memory: what one gateway sees, another one hears.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newsKey } from '../../../../src/protocol/share/keys.js';
import type { News } from '../../../../src/protocol/share/news.js';
import type { BadAddressChange, Verdict } from '../../../../src/protocol/trust/evidence.js';
import { NewsRoom } from '../../../../src/workers/share/news/room.js';
import { MemoryEngine } from '../../../helpers/memory-engine.js';
import { down, NewsGateway, Poison } from '../../../helpers/news-site.js';
import { siteOf } from '../../../helpers/share-site.js';
import { until } from '../../../helpers/until.js';

const ADDRESS = '192.0.2.7';
const KEY = newsKey('main');

function twoGateways() {
  const engine = new MemoryEngine();
  engine.now = 1_700_000_000_000;
  return { engine, alpha: new NewsGateway(engine, 'alpha'), beta: new NewsGateway(engine, 'beta', 5) };
}

const bad = (of: Partial<Verdict>): BadAddressChange => {
  const expires = performance.timeOrigin + 2_000_000_000_000;
  return { address: ADDRESS, verdict: { everywhere: false, names: [], servers: [], last: [], expires, ...of } };
};

test('a line that fails one gateway is down for another, by its own number, until it works again', async () => {
  const { alpha, beta } = twoGateways();
  alpha.fails(1);
  await alpha.round();
  await beta.round();
  assert.deepEqual(beta.events, [{ kind: 'foreign-down', line: 6, by: 'alpha', ago_ms: 1000, for_ms: 4000 }]);
  alpha.works(1);
  await alpha.round();
  await beta.round();
  assert.deepEqual(beta.events.slice(1), [{ kind: 'foreign-down', line: 6, by: 'alpha', ago_ms: 1000, for_ms: 0 }]);
  assert.deepEqual(
    [alpha.room.counts, beta.room.counts],
    [
      { told: 2, heard: 0, refused: 0 },
      { told: 0, heard: 2, refused: 0 },
    ],
  );
});

test('nobody says on what another one has said', async () => {
  const { alpha, beta, engine } = twoGateways();
  alpha.fails(1);
  await alpha.round();
  for (let n = 0; n < 3; n += 1) await beta.round();
  assert.equal(engine.length(KEY), 1);
});

test('what works here is not down, and whose word that disproves is not believed for a minute', async () => {
  const { beta, engine } = twoGateways();
  const poison = new Poison(engine, 'gamma');
  await poison.tell(down('cable'));
  await beta.round();
  assert.equal(beta.events.length, 1);
  beta.works(6);
  for (let second = 0; second < 58; second += 1) {
    await poison.tell(down('cable'));
    await beta.round();
  }
  assert.equal(beta.events.length, 1);
  assert.equal(beta.room.seen().news?.refused['disproved'], 58);
  await poison.tell(down('fibre'));
  await beta.round();
  assert.equal(beta.events.length, 2);
});

test('an address that one gateway has found to be false is a word for another, and taken back when it is good', async () => {
  const { alpha, beta } = twoGateways();
  alpha.room.badAddressesChanged([bad({ names: ['a.org', 'b.org'], said: ['b.org'], last: ['c.org'] })], true);
  await alpha.round();
  await beta.round();
  assert.deepEqual(
    beta.words.map(({ gateway, address, name, suspects }) => [gateway, address, name, suspects]),
    [
      ['alpha', ADDRESS, 'c.org', true],
      ['alpha', ADDRESS, 'a.org', false],
    ],
  );
  alpha.room.badAddressesChanged([{ address: ADDRESS, verdict: undefined }], false);
  await alpha.round();
  await beta.round();
  assert.deepEqual(beta.retractions, [{ gateway: 'alpha', address: ADDRESS }]);
});

test('what the engine has not taken is told again', async () => {
  const { alpha, beta, engine } = twoGateways();
  await alpha.round();
  engine.kept.set(KEY, { value: Buffer.from('no stream'), until: Number.POSITIVE_INFINITY });
  alpha.room.badAddressesChanged([bad({ names: ['a.org'] })], true);
  await alpha.round();
  engine.isUp = false;
  await alpha.round();
  engine.isUp = true;
  engine.kept.clear();
  await alpha.round();
  await beta.round();
  assert.equal(beta.words.length, 1);
  assert.equal(alpha.room.counts.told, 1);
});

test('news of the last minute are heard by a gateway that comes, and none twice', async () => {
  const { engine, beta } = twoGateways();
  const poison = new Poison(engine, 'gamma');
  const word = (name: string): News => ({
    ...{ kind: 'bad-address', address: Uint8Array.of(192, 0, 2, 7), name, how: 'injection', for_s: 600 },
  });
  await poison.tell(word('old.org'));
  engine.now += 59_500;
  await poison.tell(word('new.org'));
  await beta.round();
  await beta.round();
  assert.deepEqual(
    beta.words.map(({ name }) => name),
    ['new.org'],
  );
});

test('a gateway without a key to sign with tells nothing; one that knows no others believes nothing', async () => {
  const { alpha, beta, engine } = twoGateways();
  const { share } = alpha.options;
  alpha.options = { ...alpha.options, share: { ...share, sign_key_file: null } };
  alpha.room.configured();
  beta.options = { ...beta.options, share: { ...beta.options.share, gateways: [] } };
  beta.room.configured();
  alpha.fails(1);
  beta.fails(6);
  await alpha.round();
  await beta.round();
  await alpha.round();
  await beta.round();
  assert.equal(engine.length(KEY), 2, 'beta tells it again');
  assert.deepEqual([alpha.events.length, beta.events.length], [1, 0]);
  assert.deepEqual(beta.room.seen().news?.refused, {});
});

test('without news, keys or a site the engine is not asked', async () => {
  const { alpha, engine } = twoGateways();
  const { share } = alpha.options;
  for (const changed of [{ news: false }, { gateways: [], sign_key_file: null }]) {
    alpha.options = { ...alpha.options, share: { ...share, ...changed } };
    alpha.room.configured();
    await alpha.round();
    assert.deepEqual(alpha.room.seen(), {});
  }
  alpha.options = { ...alpha.options, share };
  alpha.present = undefined;
  alpha.room.configured();
  await alpha.round();
  assert.equal(engine.asked.length, 0);
});

test('one question is under way, however long the engine takes, and none while it is away', async () => {
  const { alpha, engine } = twoGateways();
  await alpha.round();
  const before = engine.asked.length;
  engine.hangs = true;
  for (let n = 0; n < 5; n += 1) {
    alpha.now += 1000;
    alpha.room.beat();
  }
  assert.equal(engine.asked.length, before + 1);
  engine.release();
  await until('the round is over', () => !alpha.room.isUnderWay);
  await alpha.round();
  engine.isUp = false;
  await alpha.round();
  assert.equal(engine.asked.length, before + 2);
});

test('another engine with an earlier clock, and one that has lost all, are read from where they are', async () => {
  const { beta, engine } = twoGateways();
  const poison = new Poison(engine, 'gamma');
  await poison.tell(down('cable'));
  await beta.round();
  engine.kept.clear();
  await poison.tell(down('fibre'));
  await beta.round();
  assert.equal(beta.events.length, 2);
  engine.kept.clear();
  engine.now -= 100_000;
  await beta.round();
  await new Poison(engine, 'delta').tell(down('tunnel'));
  await beta.round();
  assert.deepEqual(
    beta.events.map(({ line }) => line),
    [6, 5, 7],
  );
});

test('where a reload changes the site, the answer of the earlier engine counts no more', async () => {
  const { beta, engine } = twoGateways();
  await new Poison(engine, 'gamma').tell(down('cable'));
  engine.hangs = true;
  beta.now += 1000;
  beta.room.beat();
  beta.present = siteOf(new MemoryEngine(), 'beta');
  beta.room.configured();
  engine.release();
  await beta.round();
  assert.deepEqual(beta.events, []);
  beta.room.close();
  await beta.round();
});

test('a flood of garbage, forgeries and repetitions hides no news for longer than some seconds, and is counted', async () => {
  const { beta, engine } = twoGateways();
  const poison = new Poison(engine, 'gamma');
  await beta.round();
  const said = await poison.tell(down('fibre'));
  for (let n = 0; n < 300; n += 1) {
    await poison.put(Buffer.from(`garbage ${n}`));
    await poison.put(said);
    await poison.put(Buffer.alloc(4096, n));
  }
  const honest = new Poison(engine, 'delta');
  let rounds = 0;
  for (; rounds < 10 && !beta.events.some((event) => 'by' in event && event.by === 'delta'); rounds += 1) {
    await honest.tell(down('cable'));
    await beta.round();
  }
  assert.ok(rounds <= 7, `heard after ${rounds} rounds`);
  const { refused } = beta.room.seen().news ?? {};
  assert.deepEqual(Object.keys(refused ?? {}).sort(), ['replayed', 'unreadable']);
  // One notice a second of what an operator can mend, however much there is.
  assert.ok(beta.notices.length > 0 && beta.notices.length <= rounds, `${beta.notices.length} in ${rounds}`);
});

test('one gateway that tells without end is heard a few times a second, and others as ever', async () => {
  const { beta, engine } = twoGateways();
  const [poison, honest] = [new Poison(engine, 'gamma'), new Poison(engine, 'delta')];
  for (let round = 0; round < 10; round += 1) {
    for (let n = 0; n < 50; n += 1) {
      await poison.tell({
        ...{
          kind: 'bad-address',
          address: Uint8Array.of(10, 0, round, n),
          name: 'a.org',
          how: 'injection',
          for_s: 600,
        },
      });
    }
    await honest.tell(down('cable'));
    await beta.round();
  }
  assert.ok(beta.words.length <= 10 + 2 * 10, `${beta.words.length} words of the one`);
  assert.equal(beta.events.length, 10);
  assert.ok((beta.room.seen().news?.refused['too-many'] ?? 0) > 400);
});

test('a room is a room without any of it', () => {
  const { alpha } = twoGateways();
  const { options } = alpha;
  const parts = { options: () => options, site: () => undefined, now: () => 0, routes: () => undefined };
  const room = new NewsRoom({ ...parts, names: () => undefined, tell() {} });
  room.beat();
  room.routesChanged([], [{ kind: 'works', line: 99, near: false, ago_ms: 0 }]);
  assert.deepEqual(room.seen(), {});
});

test('what the engine cannot be asked for is left out after two rounds, and later news are heard', async () => {
  const { alpha, beta, engine } = twoGateways();
  await beta.round();
  engine.kept.delete(KEY);
  const ask = engine.ask.bind(engine);
  alpha.fails(1);
  await alpha.round();
  // Each answer with that entry in it breaks the connection.
  engine.ask = async (commands) => {
    const replies = await ask(commands);
    return replies?.some((reply) => Array.isArray(reply) && Array.isArray(reply[0])) ? undefined : replies;
  };
  for (let n = 0; n < 3; n += 1) await beta.round();
  assert.deepEqual([beta.events, beta.room.seen().news?.read_age_ms], [[], 0]);
  engine.ask = ask;
  alpha.works(1);
  await alpha.round();
  await beta.round();
  assert.equal(beta.room.counts.heard, 1);
});

test('a stream that is none is not read', async () => {
  const { beta, engine } = twoGateways();
  await beta.round();
  engine.kept.set(KEY, { value: Buffer.from('x'), until: Number.POSITIVE_INFINITY });
  await beta.round();
  await beta.round();
  assert.equal(beta.room.seen().news?.read_age_ms, 2000);
});
