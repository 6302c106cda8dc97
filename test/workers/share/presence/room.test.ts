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
