import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byNumber } from '../../../../src/protocol/lines/numbers.js';
import type { RouteState } from '../../../../src/protocol/routes/state.js';
import { idOf, routeKeys, slotOf } from '../../../../src/protocol/share/keys.js';
import { LineIds, lineId } from '../../../../src/protocol/share/line-ids.js';
import { openRoute } from '../../../../src/protocol/share/route-value.js';
import { RouteWriter } from '../../../../src/workers/share/routes/writer.js';
import { MemoryEngine } from '../../../helpers/memory-engine.js';
import { learned, siteOf, threeLines } from '../../../helpers/share-site.js';

const IP = Uint8Array.of(192, 0, 2, 1);
const TTL_S = 600;
const PLACE = 'example.com:443';

function world() {
  const engine = new MemoryEngine();
  const site = siteOf(engine, 'alpha');
  const { secrets } = site;
  const writer = new RouteWriter(site, TTL_S, () => engine.now);
  writer.setLines({ lines: byNumber(threeLines()), ids: new LineIds(secrets, threeLines()) });
  const key = routeKeys(secrets.site, idOf(secrets, PLACE))[slotOf('alpha')];
  const stands = () => {
    const kept = engine.kept.get(key);
    if (kept === undefined || !Buffer.isBuffer(kept.value)) return undefined;
    return openRoute(secrets, key, slotOf('alpha'), kept.value, kept.until - engine.now);
  };
  return { engine, writer, stands, fibre: lineId(secrets, 'fibre'), cable: lineId(secrets, 'cable') };
}

const works = (line: number, destination = PLACE): RouteState =>
  learned(
    destination,
    { line, ip: IP, kind: 'connected', connect_ms: 20 },
    { line, ip: IP, kind: 'answered', first_byte_ms: 40 },
  );

/** The same, some time after it last worked. */
const workedBefore = (state: RouteState, age_ms: number): RouteState => ({
  ...state,
  candidates: state.candidates.map((one) => ({ ...one, worked_age_ms: age_ms })),
});

test('what was learned stands in the slot of the gateway, sealed, until it is no longer of use', () => {
  const { engine, writer, stands, fibre } = world();
  writer.write([works(0)]);
  const found = stands();
  assert.deepEqual([found?.route.line, found?.route.gateway, found?.age_ms], [fibre, 'alpha', 0]);
  engine.now += TTL_S * 1000 - 1;
  assert.equal(stands()?.age_ms, TTL_S * 1000 - 1);
  engine.now += 1;
  assert.equal(stands(), undefined);
});

test('the same line is written again only after a third of the time; another line at once', () => {
  const { engine, writer, stands, cable } = world();
  writer.write([works(0)]);
  engine.now += (TTL_S * 1000) / 3 - 1;
  writer.write([works(0)]);
  assert.equal(writer.count, 1);
  engine.now += 2;
  writer.write([works(0)]);
  assert.equal(writer.count, 2);
  writer.write([works(1)]);
  assert.deepEqual([writer.count, stands()?.route.line], [3, cable]);
});

test('what worked some time ago has that age in the engine, and what worked long ago is not written', () => {
  const { writer, stands } = world();
  writer.write([workedBefore(works(0), (TTL_S * 1000) / 3)]);
  assert.equal(writer.count, 0);
  writer.write([workedBefore(works(0), 150_000)]);
  assert.deepEqual([writer.count, stands()?.age_ms], [1, 150_000]);
});

test('what was written with an age is renewed so much sooner', () => {
  const { engine, writer } = world();
  writer.write([workedBefore(works(0), 150_000)]);
  engine.now += 50_001;
  writer.write([works(0)]);
  assert.equal(writer.count, 2);
});

test('a slot that names the line already, whoever wrote that, is not written again', () => {
  const { writer, fibre, cable } = world();
  writer.found(PLACE, fibre, 1000);
  writer.write([works(0)]);
  assert.equal(writer.count, 0);
  writer.found(PLACE, cable, 1000);
  writer.write([works(0)]);
  assert.equal(writer.count, 1);
});

test('an old word in the slot does not keep the gateway from writing', () => {
  const { writer, fibre } = world();
  writer.found(PLACE, fibre, (TTL_S * 1000) / 3);
  writer.write([works(0)]);
  assert.equal(writer.count, 1);
});

test('after the engine was away, what is used is written again', () => {
  const { writer } = world();
  writer.write([works(0)]);
  writer.forget();
  writer.write([works(0)]);
  assert.equal(writer.count, 2);
});

test('what is one client’s is never written', () => {
  const { engine, writer } = world();
  writer.write([works(0, 'user:alice example.com:443'), works(0, 'bulk[example.com]')]);
  assert.equal(writer.count, 0);
  assert.equal(engine.kept.size, 0);
});
