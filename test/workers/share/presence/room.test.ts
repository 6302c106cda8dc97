import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayKey, gatewaysKey } from '../../../../src/protocol/share/keys.js';
import { countsOf } from '../../../../src/protocol/share/presence.js';
import { PresenceRoom } from '../../../../src/workers/share/presence/room.js';
import { MemoryEngine } from '../../../helpers/memory-engine.js';
import { Parts, siteOf } from '../../../helpers/share-site.js';

const own = () => ({
  ...{ version: '9.9.9', uptime_s: 60, open: 4, lines: 3, lines_up: 2 },
  counts: countsOf((name) => (name === 'connections' ? 70 : 0)),
});
const told = (): Promise<void> => new Promise(setImmediate);

function gateway(engine: MemoryEngine, name: string) {
  const parts = new Parts(engine, name);
  return { parts, room: new PresenceRoom(parts, own) };
}

test('a gateway that is there is told of with its counts, and how long ago it has said so', async () => {
  const engine = new MemoryEngine();
  const { room } = gateway(engine, 'alpha');
  gateway(engine, 'beta');
  await told();
  engine.now += 3000;
  assert.deepEqual(await room.gateways(), [
    { name: 'alpha', is_known: false, present: { ...own(), age_ms: 3000 } },
    { name: 'beta', is_known: false, present: { ...own(), age_ms: 3000 } },
  ]);
});

test('its word is renewed every ten seconds, and at once when the engine is back', async () => {
  const engine = new MemoryEngine();
  const { room } = gateway(engine, 'alpha');
  const said = (): number => engine.asked.length;
  assert.equal(said(), 1);
  engine.now += 9999;
  room.beat();
  assert.equal(said(), 1);
  engine.now += 1;
  room.beat();
  assert.equal(said(), 2);
  engine.isUp = false;
  engine.comesUp();
  assert.equal(said(), 3);
});

test('a gateway that is silent for half a minute is gone, but for one that the configuration has', async () => {
  const engine = new MemoryEngine();
  const { room, parts } = gateway(engine, 'alpha');
  gateway(engine, 'beta');
  gateway(engine, 'gamma');
  const { share } = parts.inForce;
  parts.inForce = {
    ...parts.inForce,
    share: {
      ...share,
      gateways: [
        { name: 'beta', key: '' },
        { name: 'delta', key: '' },
      ],
    },
  };
  await told();
  engine.now += 30_000;
  room.beat();
  await told();
  const all = (await room.gateways()) ?? [];
  assert.deepEqual(
    all.map(({ name, present }) => [name, present !== undefined]),
    [
      ['alpha', true],
      ['beta', false],
      ['delta', false],
    ],
  );
});

test('what is not sealed by a gateway of the site, or is called as none can be, is not told', async () => {
  const engine = new MemoryEngine();
  const { room } = gateway(engine, 'alpha');
  await told();
  const names = engine.kept.get(gatewaysKey('main'))?.value as Set<string>;
  for (const name of ['evil', '../UP', 'x'.repeat(33)]) names.add(name);
  engine.kept.set(gatewayKey('main', 'evil'), { value: Buffer.from('{}'), until: engine.now + 1000 });
  assert.deepEqual(
    (await room.gateways())?.map(({ name }) => name),
    ['alpha'],
  );
});

test('nobody is told of while the engine is away, which is told apart from a site without gateways', async () => {
  const engine = new MemoryEngine();
  const { room } = gateway(engine, 'alpha');
  engine.isUp = false;
  assert.equal(await room.gateways(), undefined);
});

test('at its end a gateway takes its word back, and after a reload it has another one', async () => {
  const engine = new MemoryEngine();
  const { room, parts } = gateway(engine, 'alpha');
  const beta = gateway(engine, 'beta');
  await told();
  parts.present = siteOf(engine, 'omega');
  room.configured();
  await told();
  await beta.room.leaves(siteOf(engine, 'beta'));
  const names = (await room.gateways())?.map(({ name }) => name);
  assert.deepEqual(names, ['alpha', 'omega']);
});

test('what is not a list of names hides nobody whom the configuration has', async () => {
  const engine = new MemoryEngine();
  const { room, parts } = gateway(engine, 'alpha');
  const { share } = parts.inForce;
  parts.inForce = { ...parts.inForce, share: { ...share, gateways: [{ name: 'alpha', key: '' }] } };
  await told();
  engine.kept.set(gatewaysKey('main'), { value: Buffer.from('x'), until: Number.POSITIVE_INFINITY });
  assert.deepEqual(
    (await room.gateways())?.map(({ name, present }) => [name, present !== undefined]),
    [['alpha', true]],
  );
});

/** Each of them says that it is there, so many times. */
async function words(engine: MemoryEngine, rooms: readonly PresenceRoom[], times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    engine.now += 10_000;
    for (const room of rooms) {
      room.beat();
      await told();
    }
  }
}

const lastOf = (parts: Parts, topic: string) => parts.notices.filter((notice) => notice.topic === topic).at(-1);

test('two gateways of one name are told, each of them, until one has another name; a restart is not', async () => {
  const engine = new MemoryEngine();
  const before = gateway(engine, 'alpha');
  await words(engine, [before.room], 3);
  const [one, other] = [gateway(engine, 'alpha'), gateway(engine, 'beta')];
  await words(engine, [one.room, other.room], 4);
  for (const { parts } of [before, one, other]) assert.notEqual(lastOf(parts, 'share name')?.good, false);
  await words(engine, [before.room, one.room], 5);
  for (const { parts } of [before, one]) {
    assert.equal(lastOf(parts, 'share name')?.good, false);
    assert.match(lastOf(parts, 'share name')?.message ?? '', /share\.gateway/);
  }
  await words(engine, [one.room], 3);
  assert.equal(lastOf(one.parts, 'share name')?.good, true);
});

test('a gateway with another secret is told by those that cannot read it, until it has theirs or is gone', async () => {
  const engine = new MemoryEngine();
  const alpha = gateway(engine, 'alpha');
  const beta = gatewayKey('main', 'beta');
  await told();
  await engine.ask([['SADD', gatewaysKey('main'), 'beta']]);
  engine.kept.set(beta, { value: Buffer.alloc(300), until: Number.POSITIVE_INFINITY });
  await words(engine, [alpha.room], 3);
  assert.deepEqual(lastOf(alpha.parts, 'share secret')?.fields, { gateways: ['beta'] });
  assert.equal(lastOf(alpha.parts, 'share secret')?.good, false);
  engine.kept.delete(beta);
  await words(engine, [alpha.room], 3);
  assert.equal(lastOf(alpha.parts, 'share secret')?.good, true);
});
