import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Line } from '../../../src/protocol/lines/line.js';
import { LineNumbers, type Unnumbered } from '../../../src/protocol/lines/numbers.js';
import { CANDIDATES_MAX, DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { encodeRoutes, parseRoutes, ROUTES_OCTETS_MAX } from '../../../src/protocol/routes/snapshot.js';
import { isRouteState, memoryOf, type RouteState, stateOf } from '../../../src/protocol/routes/state.js';
import { candidate, lineView } from '../../helpers/candidates.js';
import { mutationRuns } from '../../helpers/mutation-runs.js';
import { remembered } from '../../helpers/route-memory.js';

const WRITTEN = Date.UTC(2030, 0, 1);
const DAY_MS = 86_400_000;
const BOUNDS = { now: WRITTEN, age_max_ms: DAY_MS, entries_max: 1000 };

const numbered = (...lines: Unnumbered[]): readonly Line[] => new LineNumbers().give(lines);

function line(name: string, ...hops: string[]): Unnumbered {
  const proxies = hops.map(
    (host) => ({ kind: 'socks5', host, port: 1080, username: 'me', password: 'hunter2' }) as const,
  );
  return { name, source: { ip: undefined, port: 0 }, hops: proxies };
}

const LINES = numbered(line('straight'), line('proxy', '192.0.2.80'), line('chain', '192.0.2.80', 'far.test'));

/** Destinations `d0`… with one candidate on each line; the line's number is the best's. */
function routes(count: number): RouteState[] {
  return Array.from({ length: count }, (_, i) => {
    const memory = new DestinationMemory();
    LINES.forEach((_, index) => void memory.connected(candidate(index, 9), 20 + index, 0, lineView()));
    memory.failed(candidate(2, 9), 'refused', 500);
    memory.best = memory.candidates[i % LINES.length];
    return stateOf(`d${i}:443`, memory, 1000);
  });
}

const encoded = (states: readonly RouteState[], lines = LINES, octets_max = ROUTES_OCTETS_MAX): string =>
  [...encodeRoutes(states, lines, WRITTEN, { octets_max })].join('');

function parsed(
  text: string,
  lines: readonly Line[] = LINES,
  bounds: Partial<typeof BOUNDS> = {},
): readonly RouteState[] {
  const result = parseRoutes(text, lines, { ...BOUNDS, ...bounds });
  assert.equal(result.kind, 'snapshot', JSON.stringify(result));
  return result.kind === 'snapshot' ? result.routes : [];
}

function why(text: string, bounds: Partial<typeof BOUNDS> = {}): string {
  const result = parseRoutes(text, LINES, { ...BOUNDS, ...bounds });
  return result.kind === 'invalid' ? result.why : 'taken';
}

test('routes survive as text, at the age that they have when it is read', () => {
  const states = routes(3);
  assert.deepEqual(parsed(encoded(states)), states);
  const [later] = parsed(encoded(states), LINES, { now: WRITTEN + 5000 });
  const [first] = states;
  assert.deepEqual(later, {
    ...first,
    candidates: first.candidates.map((one) => ({
      ...one,
      worked_age_ms: 6000,
      updated_age_ms: one.updated_age_ms + 5000,
      failed_age_ms: one.failed_age_ms === null ? null : one.failed_age_ms + 5000,
      failures: one.failures.map((failure) => ({ ...failure, age_ms: failure.age_ms + 5000 })),
    })),
  });
});

test('whatever is remembered and has worked survives', () => {
  fc.assert(
    fc.property(fc.array(remembered, { maxLength: 5 }), (all) => {
      const states = all.map(({ memory, now }, i) => stateOf(`d${i}:1`, memory, now));
      const back = parsed(encoded(states));
      const expected = states
        .map((state) => {
          const candidates = state.candidates.filter(({ worked_age_ms }) => worked_age_ms !== null);
          return { ...state, candidates, best: candidates.indexOf(state.candidates[state.best]) };
        })
        .filter(({ candidates }) => candidates.length > 0);
      assert.deepEqual(back, expected);
    }),
  );
});

test('lines are found again where they are now, and what belongs to none is left out', () => {
  const text = encoded(routes(3));
  const moved = parsed(text, numbered(LINES[2], line('new'), LINES[0]));
  assert.deepEqual(
    moved.map(({ candidates, best }) => [candidates.map((one) => one.line), best]),
    [
      [[2, 0], 0],
      [[2, 0], -1],
      [[2, 0], 1],
    ],
  );
  assert.deepEqual(parsed(text, numbered(line('straight', '192.0.2.80'), line('other'))), []);
  assert.deepEqual(parsed(text, []), []);
});

test('a line with another name, source or proxy is another line, one with another password is not', () => {
  const text = encoded(routes(1), numbered(line('a', '192.0.2.80')));
  const taken = (now: Unnumbered): boolean => parsed(text, numbered(now)).length > 0;
  const same = line('a', '192.0.2.80');
  assert.equal(taken(same), true);
  assert.equal(taken({ ...same, hops: [{ ...same.hops[0], username: undefined, password: 'other' }] }), true);
  assert.equal(taken({ ...same, name: 'b' }), false);
  assert.equal(taken({ ...same, source: { ip: '192.0.2.2', port: 0 } }), false);
  assert.equal(taken({ ...same, source: { ip: undefined, port: 99 } }), false);
  assert.equal(taken({ ...same, hops: [{ ...same.hops[0], port: 1081 }] }), false);
  assert.equal(taken({ ...same, hops: [same.hops[0], same.hops[0]] }), false);
});

test('no password and no user is in the text', () => {
  assert.doesNotMatch(encoded(routes(3)), /hunter2|"me"/);
});

test('what has not worked for too long is left out', () => {
  const text = encoded(routes(2));
  assert.equal(parsed(text, LINES, { now: WRITTEN + DAY_MS - 1001 }).length, 2);
  assert.equal(parsed(text, LINES, { now: WRITTEN + DAY_MS - 1000 }).length, 0);
});

test('only the first routes are taken when there are too many', () => {
  const names = parsed(encoded(routes(10)), LINES, { entries_max: 3 }).map(({ destination }) => destination);
  assert.deepEqual(names, ['d0:443', 'd1:443', 'd2:443']);
});

test('a text never becomes longer than what is read back: the routes used longest ago are left out', () => {
  const whole = encoded(routes(100));
  for (const octets_max of [whole.length, whole.length - 1, 10_000, 700]) {
    const text = encoded(routes(100), LINES, octets_max);
    assert.ok(Buffer.byteLength(text) <= octets_max, `${text.length} of ${octets_max}`);
    const count = parsed(text).length;
    assert.equal(count === 100, octets_max === whole.length);
    if (count > 0) assert.equal(parsed(text)[count - 1]?.destination, `d${count - 1}:443`);
  }
  const wide = routes(50).map((route) => ({ ...route, destination: `${'ü'.repeat(200)}${route.destination}` }));
  assert.ok(Buffer.byteLength(encoded(wide, LINES, 20_000)) <= 20_000);
});

test('what is not ours, of another version, from the future, cut short or damaged gives nothing', () => {
  const text = encoded(routes(3));
  const [head, first, ...rest] = text.split('\n');
  const withHead = (changes: object): string =>
    [JSON.stringify({ ...JSON.parse(head as string), ...changes }), first, ...rest].join('\n');
  assert.equal(why(withHead({})), 'taken');
  assert.equal(why(''), 'not a list of routes');
  assert.equal(why('\0'.repeat(1000)), 'not a list of routes');
  assert.equal(why('[]\nend\n'), 'not a list of routes');
  assert.equal(why(withHead({ format: 'tcproute-bad-addresses' })), 'not a list of routes');
  assert.equal(why(withHead({ version: 2 })), 'version 2');
  assert.equal(why(withHead({ version: { toString: 1 } })), 'version {"toString":1}');
  assert.equal(why(withHead({ version: undefined })), 'version undefined');
  assert.equal(why(withHead({ written_at: 'today' })), 'damaged');
  assert.equal(why(withHead({ lines: { length: 3 } })), 'damaged');
  assert.equal(why(text, { now: WRITTEN - 1 }), 'written in the future');
  assert.equal(why(`${text}more`), 'damaged');
  assert.equal(why(`${text}\n`), 'damaged');
  assert.equal(why([head, first, 'null', 'end', ''].join('\n')), 'damaged');
  assert.equal(why([head, first?.replace('"mute":false', '"mute":0'), 'end', ''].join('\n')), 'damaged');
  // Every cut but the one that takes nothing away.
  for (let size = 0; size < text.length; size += 1) assert.notEqual(why(text.slice(0, size)), 'taken', `${size}`);
});

test('identities that are no text belong to no line', () => {
  const [head, ...rest] = encoded(routes(1)).split('\n');
  const lines = [{ toString: 1, valueOf: 1 }, null, 7];
  const text = [JSON.stringify({ ...JSON.parse(head as string), lines }), ...rest].join('\n');
  assert.deepEqual(parsed(text), []);
});

const TEXTS = mutationRuns(100_000);

test(`${TEXTS} damaged texts neither throw nor give anything that is not a bounded state`, () => {
  const good = Buffer.from(encoded(routes(2)));
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  // What makes a damaged text that is still one: other digits, brackets and quotes.
  const likely = Buffer.from('0123456789-+eE.,:[]{}"\nntfl');
  let taken = 0;
  for (let i = 0; i < TEXTS; i += 1) {
    const bytes = Buffer.from(good);
    for (let flips = 1 + random(3); flips > 0; flips -= 1) {
      const at = random(bytes.length);
      bytes[at] = random(2) === 0 ? likely[random(likely.length)] : random(256);
    }
    const result = parseRoutes(bytes.toString('utf8'), LINES, BOUNDS);
    if (result.kind === 'invalid') continue;
    taken += 1;
    assert.ok(result.routes.length <= 2);
    for (const route of result.routes) {
      assert.ok(isRouteState(route));
      const memory = memoryOf(route, 0, LINES.length);
      assert.ok(memory.candidates.length <= CANDIDATES_MAX);
      assert.ok(memory.best === undefined || memory.candidates.includes(memory.best));
      for (const one of memory.candidates) {
        assert.ok(one.line < LINES.length && (one.ip.length === 4 || one.ip.length === 16));
        assert.ok(Number.isFinite(one.connect.late(30, 150)) && one.worked <= 0 && one.updated <= 0);
        assert.equal(memory.find(one), one);
      }
    }
  }
  // Some damage is none: another digit, another name.
  assert.ok(taken > TEXTS / 100 && taken < 0.9 * TEXTS, `${taken} were taken`);
});

test('no text makes it throw', () => {
  const [head] = encoded([]).split('\n');
  const tail = fc.array(fc.oneof(fc.json(), fc.string()), { maxLength: 5 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        tail.map((texts) => [head, ...texts, 'end', ''].join('\n')),
      ),
      (text) => {
        parseRoutes(text, LINES, BOUNDS);
      },
    ),
  );
});

test('a text of lines whose numbers have holes is read by their identity', () => {
  const numbers = new LineNumbers();
  numbers.give(LINES);
  // The proxy has gone, and a new line has come.
  const left = numbers.give([LINES[2], line('new'), LINES[0]]);
  assert.deepEqual(
    left.map(({ number }) => number),
    [2, 3, 0],
  );
  const [state] = parsed(encoded(routes(1), left), left);
  assert.deepEqual(
    state?.candidates.map((one) => one.line),
    [0, 2],
  );
  const [later] = parsed(encoded(routes(1), left), numbered(LINES[2], LINES[0]));
  assert.deepEqual(
    later?.candidates.map((one) => one.line),
    [1, 0],
  );
});

test('of what another gateway has written, a line is the one with the same name', () => {
  const states = routes(3);
  // There the line has another source, and another place among the lines.
  const theirs = numbered(line('chain', '192.0.2.9'), line('other'), {
    ...line('straight'),
    source: { ip: '192.0.2.77', port: 0 },
  });
  const [chain, , straight] = theirs.map(({ number }) => number);
  const text = encoded(states, LINES);
  const foreign = parseRoutes(text, theirs, { ...BOUNDS, isForeign: true });
  assert.equal(foreign.kind, 'snapshot');
  const linesOf = (kept: readonly RouteState[]) => kept.map(({ candidates }) => candidates.map((one) => one.line));
  const known = foreign.kind === 'snapshot' ? foreign.routes : [];
  assert.deepEqual(linesOf(known), new Array(3).fill([straight, chain]));
  // The best one is on the line that is not known here in one of three.
  assert.deepEqual(
    known.map(({ best }) => best),
    [0, -1, 1],
  );
  assert.deepEqual(parsed(text, theirs), []);
});

test('the clock of another gateway may be a minute ahead, and what it has just written is then of now', () => {
  const text = encoded(routes(1));
  const ahead = (ms: number, isForeign: boolean) =>
    parseRoutes(text, LINES, { ...BOUNDS, now: WRITTEN - ms, isForeign });
  assert.deepEqual(ahead(60_000, true), { kind: 'snapshot', routes: routes(1), pins: [] });
  assert.deepEqual(ahead(60_001, true), { kind: 'invalid', why: 'written in the future' });
  assert.deepEqual(ahead(1, false), { kind: 'invalid', why: 'written in the future' });
});

test('identities of lines that are none give no line', () => {
  const [head, ...rest] = encoded(routes(1)).split('\n') as [string, ...string[]];
  const fields = JSON.parse(head) as object;
  for (const wrong of [null, 5, '', '{}', '[]', '[5]', '[', 'straight', ['straight'], '["straight'])
    assert.deepEqual(
      parseRoutes([JSON.stringify({ ...fields, lines: [wrong, wrong, wrong] }), ...rest].join('\n'), LINES, {
        ...BOUNDS,
        isForeign: true,
      }),
      { kind: 'snapshot', routes: [], pins: [] },
      String(wrong),
    );
});
