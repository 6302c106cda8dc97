import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp } from '../../src/protocol/address.js';
import type { Candidate } from '../../src/protocol/candidate.js';
import { DestinationMemory, type LineView } from '../../src/protocol/destination-memory.js';
import type { Line } from '../../src/protocol/line.js';
import { encodeRoutes, type ParsedRoutes, parseRoutes } from '../../src/protocol/route-snapshot.js';
import { isRouteState, memoryOf, type RouteState, stateOf } from '../../src/protocol/route-state.js';

const SECRET = 'a password of a proxy';
const proxy = (host: string, port: number): Line['hops'][number] => ({
  ...{ host, port },
  ...{ username: 'me', password: SECRET },
});
const line = (name: string, ip: string | undefined, ...hops: Line['hops']): Line => ({
  ...{ name, hops },
  source: { ip, port: 0 },
});
const DIRECT = line('direct', undefined);
const OTHER = line('other', '192.0.2.1');
const PROXY = line('proxy', undefined, proxy('proxy.test', 1080));
const LINES = [DIRECT, OTHER, PROXY];

const VIEW: LineView = { mayUse: () => true, answersEarly: () => false };
const at = (index: number, address: string): Candidate => ({ line: index, ip: parseIp(address) as Uint8Array });
const WRITTEN_AT = 1_700_000_000_000;
const LIMITS = { now: WRITTEN_AT, age_max_ms: 600_000, entries_max: 100 };

/** Of a destination that a candidate of each line connected to at `worked`, the last line's being the best. */
function route(destination: string, worked: number, now: number): RouteState {
  const memory = new DestinationMemory();
  for (const [index, address] of ['192.0.2.1', '2001:db8::1', '192.0.2.3'].entries()) {
    memory.failed(at(index, address), 'refused', worked);
    memory.connected(at(index, address), 90 - 30 * index, worked, VIEW);
    memory.answered(at(index, address), 40, worked);
  }
  memory.best = memory.candidates[2];
  return stateOf(destination, memory, now);
}

const ROUTES = [route('a.test:443', 0, 1000), route('b.test:80', 500, 1000)];
const encode = (routes: readonly RouteState[], lines = LINES): string =>
  [...encodeRoutes(routes, lines, WRITTEN_AT)].join('');
const TEXT = encode(ROUTES);

function taken(parsed: ParsedRoutes): readonly RouteState[] {
  assert.ok(parsed.kind === 'snapshot', parsed.kind === 'invalid' ? parsed.why : '');
  return parsed.routes;
}

/** Line and address of each candidate of the first route, then its best. */
function candidatesOf(parsed: ParsedRoutes): unknown {
  const [first] = taken(parsed);
  if (first === undefined) return undefined;
  return [...first.candidates.map((one) => `${one.line} ${one.address}`), first.candidates[first.best]?.address];
}

test('what was written is read again, as much older as time has passed', () => {
  assert.deepEqual(taken(parseRoutes(TEXT, LINES, LIMITS)), ROUTES);
  const [later] = taken(parseRoutes(TEXT, LINES, { ...LIMITS, now: WRITTEN_AT + 5000 }));
  const [before] = ROUTES;
  assert.ok(later !== undefined && before !== undefined);
  for (const [i, candidate] of later.candidates.entries()) {
    assert.equal(candidate.worked_age_ms, 6000);
    assert.deepEqual(candidate.connect, before.candidates[i]?.connect);
    for (const failure of candidate.failures) assert.equal(failure.age_ms, 6000);
  }
  assert.deepEqual(
    later.candidates.map(({ failures }) => failures.length),
    before.candidates.map(({ failures }) => failures.length),
  );
  assert.ok(later.candidates.some(({ failures }) => failures.length > 0));
});

test('it says nothing of passwords and user names', () => {
  assert.equal(TEXT.includes(SECRET), false);
  assert.equal(TEXT.includes('"me"'), false);
});

test('what has not worked for too long is left out, first the candidate, then the destination', () => {
  const old = new DestinationMemory();
  old.connected(at(0, '192.0.2.1'), 10, 0, VIEW);
  old.connected(at(1, '192.0.2.2'), 10, 400, VIEW);
  old.best = old.candidates[0];
  const never = new DestinationMemory();
  never.failed(at(0, '192.0.2.1'), 'reset', 900);
  const text = encode([stateOf('a.test:1', old, 1000), stateOf('never.test:1', never, 1000)]);
  const read = (age_max_ms: number): unknown => {
    const routes = taken(parseRoutes(text, LINES, { ...LIMITS, age_max_ms }));
    return routes.map(({ destination, candidates, best }) => [destination, candidates.map((one) => one.line), best]);
  };
  assert.deepEqual(read(1001), [['a.test:1', [0, 1], 0]]);
  assert.deepEqual(read(1000), [['a.test:1', [1], -1]]);
  assert.deepEqual(read(600), []);
});

test('a line is found where it is now, and one that has changed or gone is left out', () => {
  const read = (lines: readonly Line[]): unknown => candidatesOf(parseRoutes(TEXT, lines, LIMITS));
  const [a, b, c] = ['192.0.2.1', '2001:db8::1', '192.0.2.3'];
  assert.deepEqual(read(LINES), [`0 ${a}`, `1 ${b}`, `2 ${c}`, c]);
  assert.deepEqual(read([PROXY, DIRECT, OTHER]), [`1 ${a}`, `2 ${b}`, `0 ${c}`, c]);
  assert.deepEqual(read([line('new', undefined), PROXY]), [`1 ${c}`, c]);
  // The best one was of the line that has gone.
  assert.deepEqual(read([DIRECT, OTHER]), [`0 ${a}`, `1 ${b}`, undefined]);
  assert.deepEqual(read([]), undefined);
  for (const changed of [
    line('renamed', undefined, proxy('proxy.test', 1080)),
    line('proxy', undefined, proxy('proxy.test', 1081)),
    line('proxy', undefined, proxy('other.test', 1080)),
    line('proxy', undefined, proxy('proxy.test', 1080), proxy('second.test', 1080)),
    line('proxy', '192.0.2.1', proxy('proxy.test', 1080)),
    { ...PROXY, source: { ip: undefined, port: 9 } },
  ]) {
    assert.deepEqual(read([DIRECT, changed]), [`0 ${a}`, undefined], JSON.stringify(changed));
  }
  const renewedPassword = { ...PROXY, hops: [{ ...proxy('proxy.test', 1080), password: 'new' }] };
  assert.deepEqual(read([renewedPassword]), [`0 ${c}`, c]);
});

test('there are at most so many', () => {
  const many = Array.from({ length: 5 }, (_, i) => route(`${i}.test:1`, 0, 0));
  for (const entries_max of [1, 3, 5, 9]) {
    const routes = taken(parseRoutes(encode(many), LINES, { ...LIMITS, entries_max }));
    assert.equal(routes.length, Math.min(entries_max, 5));
  }
});

test('what is cut short anywhere gives nothing', () => {
  for (let end = 0; end < TEXT.length; end += 1)
    assert.equal(parseRoutes(TEXT.slice(0, end), LINES, LIMITS).kind, 'invalid', `up to ${end}`);
});

test('what is not ours, of another version, from the future or damaged gives nothing, and says why', () => {
  const [head, first, ...rest] = TEXT.split('\n') as [string, string, ...string[]];
  const why = (text: string, now = WRITTEN_AT): string => {
    const parsed = parseRoutes(text, LINES, { ...LIMITS, now });
    return parsed.kind === 'invalid' ? parsed.why : 'taken';
  };
  const withHead = (changes: object): string =>
    [JSON.stringify({ ...JSON.parse(head), ...changes }), first, ...rest].join('\n');
  const withFirst = (changes: object): string =>
    [head, JSON.stringify({ ...JSON.parse(first), ...changes }), ...rest].join('\n');
  assert.equal(why(TEXT), 'taken');
  for (const other of ['', '\n', 'null\nend\n', '[]\nend\n', '{}\nend\n', TEXT.slice(1), withHead({ format: 'other' })])
    assert.equal(why(other), 'not a list of routes');
  assert.match(why(withHead({ version: 2 })), /^version 2$/);
  assert.match(why(withHead({ version: undefined })), /^version /);
  assert.equal(why(TEXT, WRITTEN_AT - 1), 'written in the future');
  assert.equal(why(withHead({ written_at: 1e308 })), 'written in the future');
  for (const damaged of [
    ...[`${TEXT}more`, `${TEXT}\n`, TEXT.replace('end\n', ''), TEXT.replace('{"destination"', '{"destination')],
    ...[withHead({ written_at: '0' }), withHead({ lines: {} }), withHead({ lines: undefined })],
    ...[[head, 'null', 'end', ''].join('\n'), [head, '', 'end', ''].join('\n')],
    ...[withFirst({ destination: 1 }), withFirst({ candidates: {} }), withFirst({ best: 3 }), withFirst({ best: 0.5 })],
  ]) {
    assert.equal(why(damaged), 'damaged', damaged);
  }
});

const OF_LINE = fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '-', '1e999', '0', 'null', '\n', '\\', 'é');

test('a text that was changed somewhere makes nothing throw, and never gives something invalid', () => {
  const limits = { now: WRITTEN_AT + 1000, age_max_ms: 600_000, entries_max: 100 };
  const place = fc.nat(TEXT.length);
  let kept = 0;
  fc.assert(
    fc.property(place, fc.nat(3), fc.oneof(OF_LINE, fc.string({ maxLength: 3 })), place, (from, cut, put, again) => {
      const once = TEXT.slice(0, from) + put + TEXT.slice(from + cut);
      const text = once.slice(0, again) + TEXT.slice(again, again + (cut % 2)) + once.slice(again);
      const parsed = parseRoutes(text, LINES, limits);
      if (parsed.kind === 'invalid') return;
      kept += 1;
      for (const state of parsed.routes) valid(state, limits.age_max_ms);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(kept > 100, `only ${kept} were still taken`);
});

test('a value that was changed somewhere makes nothing throw, and never gives something invalid', () => {
  const number = fc.constantFrom(-1, 0, 1, 0.5, 2 ** 31, 2 ** 53, 1e300, -1e300);
  const value = fc.oneof(number, fc.constantFrom(null, true, '', '::1', 'late'), fc.jsonValue({ maxDepth: 1 }));
  const texts = TEXT.split('\n');
  fc.assert(
    fc.property(fc.nat(texts.length - 3), fc.nat(), value, (place, nth, put) => {
      const places: [Record<string, unknown>, string][] = [];
      const root = JSON.parse(texts[place] as string);
      const walk = (inside: Record<string, unknown>): void => {
        for (const [key, one] of Object.entries(inside)) {
          places.push([inside, key]);
          if (typeof one === 'object' && one !== null) walk(one as Record<string, unknown>);
        }
      };
      walk(root);
      const [inside, key] = places[nth % places.length] as [Record<string, unknown>, string];
      inside[key] = put;
      const text = texts.map((one, i) => (i === place ? JSON.stringify(root) : one)).join('\n');
      const parsed = parseRoutes(text, LINES, { ...LIMITS, now: WRITTEN_AT + 1000 });
      if (parsed.kind === 'snapshot') for (const state of parsed.routes) valid(state, LIMITS.age_max_ms);
    }),
    { numRuns: 20_000 },
  );
});

/** As a message that goes to the actors it must be. */
function valid(state: RouteState, age_max_ms: number): void {
  assert.ok(isRouteState(state), JSON.stringify(state));
  for (const { line: index, worked_age_ms } of state.candidates) {
    assert.ok(index < LINES.length);
    assert.ok(worked_age_ms !== null && worked_age_ms < age_max_ms);
  }
  const memory = memoryOf(state, 5000, LINES.length);
  for (const { connect, firstByte, worked, updated } of memory.candidates)
    for (const time of [connect.mean, firstByte.mean, worked, updated]) assert.ok(Number.isFinite(time));
  assert.ok(isRouteState(stateOf(state.destination, memory, 5000)));
}
