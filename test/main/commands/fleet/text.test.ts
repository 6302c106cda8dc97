// The screen of `tcproute fleet`, without a gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Part } from '../../../../src/main/commands/admin/part.js';
import { fleetText, isShared, isUp } from '../../../../src/main/commands/fleet/text.js';

const COUNTS = { connections: 1000, hints_useful: 60 };

const GATEWAYS = [
  {
    ...{ name: 'a', is_own: true, is_known: true, is_present: true, version: '1.2.3', uptime_s: 259_200, age_ms: 4000 },
    ...{ open: 12, lines: 3, lines_up: 2, counts: COUNTS },
  },
  {
    ...{ name: 'b', is_own: false, is_known: true, is_present: false, version: null, uptime_s: null, age_ms: null },
    ...{ open: null, lines: null, lines_up: null, counts: {} },
  },
  { name: 'd\u001b[2J', is_known: false, is_present: true, version: '2.0.0', uptime_s: 60, age_ms: 2000, counts: {} },
];

const ENGINE = {
  ...{ state: 'up', for_ms: 7_200_000, kind: 'single', place: '127.0.0.1:6379', server: 'redis 7.0.15', detail: null },
  ...{ round_trips: 16, commands: 64, bytes_sent: 12_000, bytes_received: 34_000, times: { count: 16, sum_ms: 40 } },
  ...{ faults: { hanging: 3, full: 0 }, dropped: 5, late: 6, writes_dropped: 7, writes_waiting: 8 },
};

const FLEET = {
  ...{ site: 'main', gateway: 'a', engine: ENGINE, limits: null, gateways: GATEWAYS },
  routes: { asked: 100, found: 70, missed: 12, missed_known: 3, dropped: 10, unanswered: 4, written: 50, refused: 1 },
  hints: { asked: 90, told: 65, too_late: 5, first: 50, useful: 48 },
  news: { told: 9, read: { 'line-down': 11 }, refused: { stranger: 12, replayed: 0 }, read_age_ms: 800 },
};

const textOf = (fleet: object, width = Number.POSITIVE_INFINITY): readonly string[] =>
  fleetText(new Part(fleet), width);

test('the engine, what came of sharing, and the gateways are on one screen', () => {
  assert.deepEqual(textOf(FLEET), [
    'site main, gateway a: 2 of 3 gateways present',
    '',
    'engine',
    '  up for 2 h: redis 7.0.15 at 127.0.0.1:6379',
    '  16 round trips of 2.5 ms, 64 commands, 12 kB sent, 34 kB received',
    '  questions: 5 not sent, 6 not answered in time',
    '  writes: 8 waiting, 7 dropped',
    '  faults: hanging 3',
    'routes',
    '  100 asked, 70 found (70 %), 15 missed, 10 not asked for in time, 4 unanswered',
    '  50 written, 1 of others refused',
    'hints',
    '  90 asked, 65 told, 5 too late, 50 first choice, 48 useful (96 %)',
    'news',
    '  9 told, last read 800 ms ago',
    '  believed: line-down 11',
    '  refused: stranger 12',
    'gateways',
    '  gateway                           version    up  open  since start  useful hints  lines up  heard of',
    '  a (this one)                      1.2.3     3 d    12         1000            60    2 of 3  4 s ago',
    '  b                                 -           -     -            -             -         -  away',
    '  d\\x1b[2J (not in share.gateways)  2.0.0    62 s     -            -             -         -  2 s ago',
  ]);
});

test('an engine that is away is told with why, and gateways that nobody can tell of', () => {
  const engine = { ...ENGINE, state: 'down', detail: 'it does not answer', faults: {} };
  const away = textOf({ ...FLEET, engine, routes: null, news: null, gateways: null });
  assert.equal(away[0], 'site main, gateway a: what other gateways there are is not known');
  assert.ok(away.includes('  it does not answer'));
  assert.deepEqual(away.slice(-2), ['gateways', '  the engine does not answer']);
  assert.equal(isUp(new Part({ engine })), false);
  assert.equal(isUp(new Part({ engine: { ...ENGINE, fault: 'permission' } })), false);
});

test('limits are told with what holds when they are lost', () => {
  const limits = { on_loss: 'deny', is_lost: true, leases: 1, claimed: 40, refused: 13, unanswered: 14 };
  const lines = textOf({ ...FLEET, limits });
  const at = lines.indexOf('limits');
  assert.deepEqual(lines.slice(at + 1, at + 3), [
    '  1 lease held, 40 claimed, 13 refused, 14 unanswered',
    '  the leases have run out: share.on_loss holds, "deny"',
  ]);
});

test('a gateway of another version that tells less, or something else, is shown', () => {
  assert.equal(isShared(new Part({ site: null })), false);
  for (const fleet of [{ site: 'main' }, { site: 'main', engine: 7, routes: [], news: 'x', gateways: [null, 3] }])
    assert.ok(textOf(fleet).length > 3);
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`count_${n}`, n]));
  const [heads] = textOf({ ...FLEET, gateways: [{ ...GATEWAYS[0], counts: many }] }).slice(-2);
  assert.ok((heads as string).length < 100);
  const away = { ...FLEET, engine: { ...ENGINE, kind: 'sentinel' } };
  assert.equal(textOf(away)[3], '  up for 2 h: redis 7.0.15 at 127.0.0.1:6379 (named by a sentinel)');
});

test('it fits into a narrow terminal', () => {
  for (const width of [40, 80]) assert.ok(textOf(FLEET, width).every((line) => line.length <= width));
});

test('what has just been heard is told in whole seconds, and nothing of nothing has no share', () => {
  const routes = { ...FLEET.routes, asked: 0, found: 0 };
  const gateways = [{ ...GATEWAYS[2], uptime_s: 1, age_ms: 871 }];
  const lines = textOf({ ...FLEET, routes, gateways });
  assert.match(lines.join('\n'), / {2}0 asked, 0 found, 15 missed/);
  assert.match(lines.at(-1) ?? '', / 1 s .* 0 s ago$/);
});
