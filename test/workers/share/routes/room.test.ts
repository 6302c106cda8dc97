import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf, routeKeys, slotOf } from '../../../../src/protocol/share/keys.js';
import { RoutesRoom } from '../../../../src/workers/share/routes/room.js';
import { MemoryEngine } from '../../../helpers/memory-engine.js';
import { learned, Parts, shareOptions, siteOf } from '../../../helpers/share-site.js';
import { until } from '../../../helpers/until.js';

const IP = Uint8Array.of(192, 0, 2, 1);
const PLACE = 'example.com:443';

/** Two gateways of one site; the lines of the second have other numbers. */
function twoGateways() {
  const engine = new MemoryEngine();
  const [alpha, beta] = [new Parts(engine, 'alpha'), new Parts(engine, 'beta')];
  beta.inForce = shareOptions({ first: 5 });
  return { engine, alpha: new RoutesRoom(alpha), beta: new RoutesRoom(beta), told: beta.told, betaParts: beta };
}

const works = (line: number, destination = PLACE) =>
  learned(
    destination,
    { line, ip: IP, kind: 'connected', connect_ms: 20 },
    { line, ip: IP, kind: 'answered', first_byte_ms: 40 },
  );

const asks = (engine: MemoryEngine): number => engine.asked.length;

test('what one gateway has learned another one is told at its first contact, as its own line', async () => {
  const { engine, alpha, beta, told } = twoGateways();
  alpha.routesChanged([works(1)], []);
  engine.now += 12_000;
  beta.asked(3, [PLACE]);
  await until('the hint is told', () => told.length > 0);
  const hint = { destination: PLACE, line: 6, ip: IP, connect_ms: 20, first_byte_ms: 40 };
  assert.deepEqual(told, [{ actor: 3, hint: { ...hint, mute: [], from: 'alpha', age_ms: 12_000 } }]);
  assert.deepEqual(beta.counts, {
    ...{ asked: 1, found: 1, missed: 0, missedKnown: 0, dropped: 0, unanswered: 0, refused: 0, written: 0 },
  });
});

test('all that is asked in one turn is one round trip of one MGET and the ages', async () => {
  const { engine, alpha, beta, told } = twoGateways();
  alpha.routesChanged([works(0, 'a.example:443'), works(0, 'b.example:443')], []);
  beta.asked(0, ['a.example:443', 'c.example:443']);
  beta.asked(1, ['b.example:443', 'a.example:443']);
  await until('three hints are told', () => told.length === 3);
  assert.deepEqual(told.map(({ actor, hint }) => `${actor} ${hint.destination}`).sort(), [
    ...['0 a.example:443', '1 a.example:443', '1 b.example:443'],
  ]);
  assert.deepEqual(
    engine.asked.map((commands) => commands.map(([name]) => name)),
    [['MGET', ...new Array(9).fill('PTTL')]],
  );
});

test('what was found and what was not is not asked for again for some seconds', async () => {
  const { engine, alpha, beta, told } = twoGateways();
  alpha.routesChanged([works(0)], []);
  beta.asked(0, [PLACE, 'unknown.example:443']);
  await until('the hint is told', () => told.length === 1);
  engine.now += 4999;
  beta.asked(1, [PLACE, 'unknown.example:443']);
  assert.deepEqual(
    told.map(({ actor, hint }) => [actor, hint.age_ms]),
    [
      [0, 0],
      [1, 4999],
    ],
  );
  assert.equal(asks(engine), 1);
  engine.now += 2;
  beta.asked(1, ['unknown.example:443']);
  await until('it is asked for again', () => asks(engine) === 2);
});

test('an actor that asks while the answer is on its way hears it too, and nothing is asked twice', async () => {
  const { engine, alpha, beta, told } = twoGateways();
  alpha.routesChanged([works(0)], []);
  engine.hangs = true;
  beta.asked(0, [PLACE]);
  await until('the question is under way', () => asks(engine) === 1);
  beta.asked(1, [PLACE]);
  engine.release();
  await until('both are told', () => told.length === 2);
  assert.equal(asks(engine), 1);
});

test('while the engine is away a question costs nothing, and what is learned is told when it is back', async () => {
  const { engine, alpha, beta, told } = twoGateways();
  alpha.routesChanged([works(0)], []);
  engine.isUp = false;
  beta.asked(0, [PLACE]);
  assert.deepEqual([beta.counts.dropped, asks(engine)], [1, 0]);
  engine.kept.clear();
  engine.comesUp();
  // Known as written before the engine has lost all.
  alpha.routesChanged([works(0)], []);
  beta.asked(0, [PLACE]);
  await until('the hint is told', () => told.length === 1);
});

test('what cannot be sent within 5 ms is dropped, as behind an engine that hangs', async () => {
  const { engine, beta } = twoGateways();
  engine.hangs = true;
  for (let batch = 0; batch < 5; batch += 1)
    beta.asked(
      0,
      Array.from({ length: 48 }, (_, n) => `h${batch}-${n}:443`),
    );
  await until('four pipelines are under way', () => asks(engine) === 4);
  engine.now += 6;
  engine.release();
  await until('the last ones are dropped', () => beta.counts.dropped === 48);
  await until('the others have an answer', () => beta.counts.missed === 4 * 48);
  assert.equal(asks(engine), 4);
});

test('a flood of questions is bounded', () => {
  const { beta } = twoGateways();
  beta.asked(
    0,
    Array.from({ length: 3000 }, (_, n) => `h${n}:443`),
  );
  assert.equal(beta.counts.dropped, 3000 - 1024);
  beta.close();
});

test('damaged values and those without an end are refused, and the others count', async () => {
  const { engine, alpha, beta, told, betaParts } = twoGateways();
  alpha.routesChanged([works(1)], []);
  const { secrets } = betaParts.present ?? siteOf(engine, 'beta');
  const keys = routeKeys(secrets.site, idOf(secrets, PLACE));
  const others = keys.filter((_, slot) => slot !== slotOf('alpha'));
  const good = engine.kept.get(keys[slotOf('alpha')])?.value as Buffer;
  engine.kept.set(others[0], { value: good, until: engine.now + 60_000 });
  engine.kept.set(others[1], { value: Buffer.from('garbage'), until: Number.POSITIVE_INFINITY });
  beta.asked(0, [PLACE]);
  await until('the hint is told', () => told.length === 1);
  assert.deepEqual([told[0].hint.line, beta.counts.refused], [6, 2]);
});

test('a reload that changes the numbers of lines drops what was found', async () => {
  const { engine, alpha, beta, told, betaParts } = twoGateways();
  alpha.routesChanged([works(0)], []);
  beta.asked(0, [PLACE]);
  await until('the hint is told', () => told.length === 1);
  betaParts.inForce = shareOptions({ first: 9 });
  beta.configured();
  beta.asked(0, [PLACE]);
  await until('it is told anew', () => told.length === 2);
  assert.deepEqual([told.map(({ hint }) => hint.line), asks(engine)], [[5, 9], 2]);
});

test('a reload with another secret neither reads nor overwrites what was there', async () => {
  const { engine, alpha, beta, told, betaParts } = twoGateways();
  alpha.routesChanged([works(0)], []);
  betaParts.present = siteOf(engine, 'beta', Buffer.alloc(32, 7));
  beta.configured();
  beta.asked(0, [PLACE]);
  await until('nothing is found', () => beta.counts.missed === 1);
  beta.routesChanged([works(5)], []);
  assert.deepEqual([told.length, engine.kept.size, beta.counts.written], [0, 2, 1]);
});

test('an answer of the earlier site is no longer told', async () => {
  const { engine, alpha, beta, told, betaParts } = twoGateways();
  alpha.routesChanged([works(0)], []);
  engine.hangs = true;
  beta.asked(0, [PLACE]);
  await until('the question is under way', () => asks(engine) === 1);
  betaParts.present = undefined;
  beta.configured();
  engine.release();
  await new Promise(setImmediate);
  assert.deepEqual(told, []);
});

test('without share.routes nothing is written or asked for', () => {
  const { engine, beta, betaParts } = twoGateways();
  betaParts.inForce = shareOptions({ first: 5, routes: false });
  beta.configured();
  beta.routesChanged([works(5)], []);
  beta.asked(0, [PLACE]);
  assert.deepEqual([engine.kept.size, beta.counts.asked], [0, 0]);
});
