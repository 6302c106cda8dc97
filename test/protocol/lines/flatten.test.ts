import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { flatten, type Upstream } from '../../../src/protocol/lines/flatten.js';
import type { Line } from '../../../src/protocol/lines/line.js';
import { USUAL } from '../../../src/protocol/lines/preference.js';

const direct = (ip?: string, port = 0, name?: string): Upstream => ({ type: 'direct', name, source: { ip, port } });
const multipath = (...list: Upstream[]): Upstream => ({ type: 'multipath', list });
const socks5 = (endpoint: string, upstream?: Upstream, name?: string): Upstream => {
  const [host, port] = endpoint.split('/') as [string, string];
  return { type: 'socks5', name, host, port: Number(port), username: undefined, password: undefined, upstream };
};

function lines(root: Upstream, lines_max = 256): readonly Line[] {
  const flattened = flatten(root, lines_max);
  assert.ok(flattened.kind === 'lines');
  return flattened.lines;
}

const names = (root: Upstream) => lines(root).map((line) => line.name);

test('a direct line has its source and no hops', () => {
  assert.deepEqual(lines(direct('10.0.0.1', 4000)), [
    {
      number: 0,
      name: 'direct 10.0.0.1:4000',
      source: { ip: '10.0.0.1', port: 4000 },
      hops: [],
      isDirect: true,
      ...USUAL,
    },
  ]);
});

test('tier, cost and weight hold for all lines below, unless a part further below says otherwise', () => {
  const far: Upstream = {
    ...(socks5('b/2', multipath(direct('10.0.0.1'), { ...direct('10.0.0.2'), preference: { tier: 3 } })) as object),
    preference: { tier: 2, weight: 5 },
  } as Upstream;
  const dear: Upstream = { ...multipath(socks5('a/1'), far), preference: { tier: 1, cost_ms: 20 } } as Upstream;
  assert.deepEqual(
    lines(multipath(direct(), dear)).map(({ tier, cost_ms, weight }) => [tier, cost_ms, weight]),
    [
      [0, 0, undefined],
      [1, 20, undefined],
      [2, 20, 5],
      [3, 20, 5],
    ],
  );
  // No part of a line's name.
  assert.deepEqual(names(dear)[0], 'socks5 a:1');
});

test('the upstream of a proxy is reached first', () => {
  const [line] = lines(socks5('b/2', socks5('a/1', direct('10.0.0.1'))));
  assert.deepEqual(
    line?.hops.map(({ host }) => host),
    ['a', 'b'],
  );
  assert.deepEqual(line?.source, { ip: '10.0.0.1', port: 0 });
});

test('credentials stay with their hop', () => {
  const far: Upstream = { ...(socks5('b/2', socks5('a/1')) as object), username: 'u', password: 'p' } as Upstream;
  assert.deepEqual(lines(far)[0]?.hops, [
    { kind: 'socks5', host: 'a', port: 1, username: undefined, password: undefined },
    { kind: 'socks5', host: 'b', port: 2, username: 'u', password: 'p' },
  ]);
});

test('unnamed lines are named by their chain, nearest hop first', () => {
  assert.deepEqual(names(direct()), ['direct']);
  assert.deepEqual(names(direct('10.0.0.1')), ['direct 10.0.0.1']);
  assert.deepEqual(names(direct(undefined, 4000)), ['direct :4000']);
  assert.deepEqual(names(direct('::1', 4000)), ['direct [::1]:4000']);
  assert.deepEqual(names(socks5('127.0.0.1/5555')), ['socks5 127.0.0.1:5555']);
  assert.deepEqual(names(socks5('::1/5555', direct('10.0.0.1'))), ['socks5 [::1]:5555 from 10.0.0.1']);
  assert.deepEqual(names(socks5('10.0.0.2/1080', socks5('127.0.0.1/5555'))), ['socks5 127.0.0.1:5555 > 10.0.0.2:1080']);
});

test('proxies of another kind than the one before are named by their kind', () => {
  const proxy = (type: 'socks4' | 'http', endpoint: string, upstream?: Upstream): Upstream =>
    ({ ...(socks5(endpoint, upstream) as object), type }) as Upstream;
  assert.deepEqual(names(proxy('http', 'a/1')), ['http a:1']);
  assert.deepEqual(names(proxy('socks4', 'a/1', direct('10.0.0.1'))), ['socks4 a:1 from 10.0.0.1']);
  const mixed = proxy('http', 'd/4', proxy('http', 'c/3', socks5('b/2', socks5('a/1'))));
  assert.deepEqual(names(mixed), ['socks5 a:1 > b:2 > http c:3 > d:4']);
  assert.deepEqual(names(socks5('b/2', proxy('http', 'a/1'))), ['http a:1 > socks5 b:2']);
  const telecom = direct(undefined, 0, 'telecom');
  assert.deepEqual(names(proxy('http', 'b/2', proxy('http', 'a/1', telecom))), ['telecom > http a:1 > b:2']);
  assert.deepEqual(
    lines(mixed)[0]?.hops.map(({ kind }) => kind),
    ['socks5', 'socks5', 'http', 'http'],
  );
});

test('a name wins over the chain, and a named nearer part stands for its chain', () => {
  assert.deepEqual(names(direct(undefined, 0, 'telecom')), ['telecom']);
  assert.deepEqual(names(socks5('a/1', direct(undefined, 0, 'telecom'))), ['telecom > a:1']);
  assert.deepEqual(names(socks5('b/2', socks5('a/1', undefined, 'near'))), ['near > b:2']);
  assert.deepEqual(names(socks5('a/1', direct(undefined, 0, 'telecom'), 'far')), ['far']);
});

test('a nested multipath multiplies the lines, in order', () => {
  const two = multipath(direct('10.0.0.1'), direct('10.0.0.2'));
  assert.deepEqual(names(multipath(direct(), socks5('a/1', two), socks5('b/2', multipath(two, socks5('c/3'))))), [
    'direct',
    'socks5 a:1 from 10.0.0.1',
    'socks5 a:1 from 10.0.0.2',
    'socks5 b:2 from 10.0.0.1',
    'socks5 b:2 from 10.0.0.2',
    'socks5 c:3 > b:2',
  ]);
});

test('two identical lines stay two, and repeated names are numbered', () => {
  assert.deepEqual(names(multipath(direct(), direct(), direct())), ['direct', 'direct #2', 'direct #3']);
  const given = multipath(direct('1.1.1.1', 0, 'a #2'), direct(), direct('1.1.1.1', 0, 'a'), direct('::1', 0, 'a'));
  assert.deepEqual(names(given), ['a #2', 'direct', 'a', 'a #3']);
});

test('too many lines are counted, not built', () => {
  let root = multipath(direct(), direct());
  for (let level = 0; level < 100; level += 1) root = multipath(root, root); // 2 ** 101 lines from 202 nodes
  assert.deepEqual(flatten(root, 256), { kind: 'too-many', count: 2 ** 101 });
  assert.deepEqual(flatten(multipath(direct(), direct()), 1), { kind: 'too-many', count: 2 });
  assert.equal(lines(multipath(direct(), direct()), 2).length, 2);
});

test('names are always unique, and every line ends at its outermost proxy', () => {
  const name = fc.constantFrom(undefined, undefined, 'a', 'a #2', 'direct', 'direct #2');
  const { node } = fc.letrec<{ node: Upstream }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      name.map((one) => direct(undefined, 0, one)),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((list) => multipath(...list)),
      fc.tuple(name, tie('node')).map(([one, upstream]) => socks5('p/9', upstream, one)),
    ),
  }));
  fc.assert(
    fc.property(node, (upstream) => {
      const flattened = lines(socks5('last/1', upstream), 10_000);
      assert.equal(new Set(flattened.map((line) => line.name)).size, flattened.length);
      assert.ok(flattened.every(({ hops }) => hops[hops.length - 1]?.host === 'last'));
    }),
  );
});

test('all lines below a part share its budget, also those of its proxies, and a line may be in several', () => {
  const part = (name: string | undefined, bytes: number) => ({ budget: { name, bytes, day: 1 } });
  const lte: Upstream = { ...direct('10.0.0.2', 0, 'lte'), ...part('lte', 5) };
  const root: Upstream = {
    ...(multipath(direct('10.0.0.1'), socks5('a/1', multipath(direct('10.0.0.1'), lte))) as object),
    ...part(undefined, 9),
  } as Upstream;
  const flattened = flatten(root, 10);
  assert.ok(flattened.kind === 'lines');
  assert.deepEqual(flattened.budgets, [
    { name: 'direct 10.0.0.1, socks5 a:1 from 10.0.0.1, lte > a:1', bytes: 9, day: 1, lines: [0, 1, 2] },
    { name: 'lte', bytes: 5, day: 1, lines: [2] },
  ]);
});
