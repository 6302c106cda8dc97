import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chance } from '../../../bench/fleet/model/chance.js';
import { EngineModel } from '../../../bench/fleet/model/engine-model.js';
import { PULL_EACH, PULL_HEAD, pullReply, valueOctets, writeOctets } from '../../../bench/fleet/model/octets.js';
import { type FleetParameters, USUAL } from '../../../bench/fleet/model/parameters.js';
import { type RoutesFigures, runRoutes } from '../../../bench/fleet/model/routes-run.js';
import { Zipf } from '../../../bench/fleet/model/zipf.js';
import { idOf, routeKeys } from '../../../src/protocol/share/keys.js';
import { siteSecrets } from '../../../src/protocol/share/secrets.js';

const SMALL: FleetParameters = { ...USUAL, destinations: 300, rate: 5, ttl_s: 60, warm_s: 60, measured_s: 60 };
const run = (change: Partial<FleetParameters>): RoutesFigures => runRoutes({ ...SMALL, ...change });
const part = (count: number, { firstContacts }: RoutesFigures): number => count / firstContacts;

test('chance is the same in every run, and even', () => {
  const one = new Chance(1);
  const same = new Chance(1);
  const drawn = Array.from({ length: 10_000 }, () => one.next());
  assert.deepEqual(
    drawn.slice(0, 100),
    Array.from({ length: 100 }, () => same.next()),
  );
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, `${mean}`);
  const waits = Array.from({ length: 10_000 }, () => one.wait(50));
  assert.ok(Math.abs(waits.reduce((sum, value) => sum + value, 0) / waits.length - 50) < 2);
});

test('a destination of rank n is asked for in proportion to 1 / n, and with exponent 0 all alike', () => {
  const counts = (exponent: number): number[] => {
    const zipf = new Zipf(4, exponent);
    const chance = new Chance(1);
    const drawn = [0, 0, 0, 0];
    for (let n = 0; n < 25_000; n += 1) drawn[zipf.draw(chance)] += 1;
    return drawn.map((count) => Math.round(count / 1000));
  };
  assert.deepEqual(counts(1), [12, 6, 4, 3]);
  assert.deepEqual(counts(0), [6, 6, 6, 6]);
});

test('octets are those of commands and replies as they are sent', () => {
  const resp = (...parts: string[]): string =>
    `*${parts.length}\r\n${parts.map((one) => `$${one.length}\r\n${one}\r\n`).join('')}`;
  const keys = routeKeys('main', idOf(siteSecrets(new Uint8Array(32), 'main'), 'a:1'));
  // A pipeline with three destinations has ten parts in its MGET.
  const ages = keys.map((key) => resp('PTTL', key)).join('');
  const pipeline = resp('MGET', ...keys, ...keys, ...keys) + ages + ages + ages;
  assert.equal(PULL_HEAD + 3 * PULL_EACH, pipeline.length);
  const value = 'x'.repeat(valueOctets(false));
  assert.equal(writeOctets(value.length), resp('SET', keys[0], value, 'PX', '600000').length);
  const none = '$-1\r\n:-2\r\n';
  const reply = `${none}$${value.length}\r\n${value}\r\n:599999\r\n${none}`;
  assert.ok(Math.abs(pullReply(1, value.length) - reply.length) <= 2);
  assert.equal(valueOctets(true) - valueOctets(false), 8);
});

test('an engine forgets at the end of the time', () => {
  const engine = new EngineModel(2, 1000);
  const standing = { gateway: 1, line: 2, mute: -1, at: 100 };
  engine.write(1, 2, standing, true);
  assert.deepEqual(engine.pull(1, 1099, true), [undefined, undefined, standing]);
  assert.deepEqual(engine.pull(0, 1099, false), [undefined, undefined, undefined]);
  assert.equal(engine.held(1099).keys, 1);
  assert.deepEqual(engine.pull(1, 1100, true), [undefined, undefined, undefined]);
  assert.deepEqual(engine.held(1100), { keys: 0, octets: 0 });
  const { roundTrips, commands, written } = engine.traffic;
  assert.deepEqual([roundTrips, commands, written], [3, 1 + 4 + 3 + 4, 1]);
});

test('the same seed gives the same figures', () => {
  assert.deepEqual(run({ gateways: 3 }), run({ gateways: 3 }));
  assert.notDeepEqual(run({ gateways: 3 }), run({ gateways: 3, seed: 2 }));
});

test('a gateway that is alone has no hints, and one that shares nothing asks nothing', () => {
  const alone = run({ gateways: 1 });
  // What it finds is its own, of the time before it forgot.
  assert.ok(part(alone.found, alone) < 0.01);
  assert.ok(alone.traffic.written > 0);
  const silent = run({ gateways: 5, shared: false });
  assert.deepEqual([silent.found, silent.traffic.commands, silent.keys], [0, 0, 0]);
  assert.equal(part(silent.dials, silent), SMALL.lines);
});

test('the more gateways, the more first contacts have a hint, with fewer dials and less waiting', () => {
  const sites = [1, 3, 10, 30].map((gateways) => run({ gateways }));
  for (const [n, site] of sites.slice(1).entries()) {
    const fewer = sites[n] ?? site;
    assert.ok(part(site.found, site) > part(fewer.found, fewer), `${n}`);
    assert.ok(part(site.dials, site) < part(fewer.dials, fewer), `${n}`);
    assert.ok(part(site.firstByte_ms, site) < part(fewer.firstByte_ms, fewer), `${n}`);
  }
  const [one, , , many] = sites;
  assert.ok(many !== undefined && one !== undefined && part(many.found, many) > 0.9);
  assert.ok(part(many.waited, many) < part(one.waited, one) / 3);
});

test('no more hints are in time than are found, and no more are useful than in time', () => {
  const { firstContacts, found, inTime, useful } = run({ gateways: 10, change_s: 600 });
  assert.ok(firstContacts >= found && found > inTime && inTime > useful && useful > 0);
  const quick = run({ gateways: 10, lookup_ms: Number.MAX_VALUE, change_s: Number.MAX_VALUE });
  assert.deepEqual([quick.inTime, quick.useful], [quick.found, quick.found]);
});

test('one poisoned slot misleads where the others say too little, two or three always, and all of them first contacts only', () => {
  const [honest, ...poisoned] = [0, 1, 2, 3].map((slots) => run({ gateways: 10, poisoned: slots }));
  const misled = poisoned.map((site) => part(site.misled, site));
  assert.ok(part(honest.misled, honest) < 0.01);
  assert.ok(misled[0] < misled[1] && misled[0] < 0.6, `${misled}`);
  for (const site of poisoned.slice(1)) assert.equal(site.misled, site.inTime);
  for (const site of poisoned) {
    // None is later than by a hedge.
    assert.ok(
      part(site.firstByte_ms, site) <= SMALL.good_ms + SMALL.hedge_ms + SMALL.silent_ms * part(site.waited, site),
    );
  }
});

test('each destination has three entries at most, however many gateways there are', () => {
  const { keys, octets } = run({ gateways: 30 });
  assert.ok(keys > 2 * SMALL.destinations && keys <= 3 * SMALL.destinations, `${keys}`);
  assert.ok(octets / keys > 200 && octets / keys < 350);
});

test('what stands in a slot is written again after a third of its time at most by each that uses it', () => {
  // One destination is used all the time.
  const { traffic } = run({ gateways: 2, destinations: 1, change_s: Number.MAX_VALUE, rate: 50 });
  assert.ok(traffic.written >= 2 * 2 && traffic.written <= 2 * 3 + 2, `${traffic.written}`);
});
