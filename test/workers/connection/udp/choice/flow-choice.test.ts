// The choice of a flow: which lines it may take, in which order, and what it learns.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { destinationKey, udpKey } from '../../../../../src/protocol/routes/destination-key.js';
import { UNKNOWN_MS } from '../../../../../src/protocol/udp/usual-time.js';
import { ChoiceWorld, FOUR_LINES, found, ip } from './choice-world.js';

const SITE = 'site.test:443';
const KEY = udpKey('site.test', 443, undefined);
const A = '203.0.113.1';
const B = '203.0.113.2';

/** A world that knows the addresses of the site. */
function known(settings?: object, ...ips: readonly string[]): ChoiceWorld {
  const world = new ChoiceWorld(settings);
  world.known.set('site.test', found(...(ips.length > 0 ? ips : [A])));
  return world;
}

test('an address goes over direct lines and SOCKS5 proxies, in the order of the configuration', () => {
  const world = new ChoiceWorld();
  assert.deepEqual(world.flow(`${A}:53`).order, [`one ${A}`, `two ${A}`, `socks ${A}`]);
});

test('nothing goes to an address of many hosts, over no line', () => {
  for (const many of ['224.0.0.251', '255.255.255.255', '[ff02::fb]']) {
    const flow = new ChoiceWorld().flow(`${many}:5353`);
    assert.deepEqual([flow.order, flow.refused?.code], [[], 'unspecified'], many);
  }
});

test('a name is resolved for direct lines, and left to the proxies', () => {
  assert.deepEqual(known().flow(SITE).order, [`one ${A}`, `two ${A}`, 'socks']);
  const proxied = { upstream: [{ name: 'socks', type: 'socks5', host: '198.51.100.80', port: 1080 }] };
  const world = new ChoiceWorld(proxied);
  assert.deepEqual(world.flow(SITE).order, ['socks']);
  assert.equal(world.waiters.size, 0, 'nobody is asked for it');
});

test('each line has a turn with its first address before one has another, and both families have one', () => {
  const six = '2001:db8::1';
  const world = known({ upstream: [{ name: 'a', type: 'direct' }] }, six, '2001:db8::2', '2001:db8::3', A, B);
  assert.deepEqual(world.flow(SITE).order, [`a ${six}`, `a ${A}`, 'a 2001:db8::2', 'a 2001:db8::3']);
  const two = {
    upstream: [
      { name: 'a', type: 'direct' },
      { name: 'b', type: 'direct', source_ip: '127.0.0.1' },
    ],
  };
  // The second line has no source of IPv6.
  assert.deepEqual(known(two, six, A).flow(SITE).order, [`a ${six}`, `b ${A}`, `a ${A}`]);
});

test('a flow waits for a name, and what comes later goes behind', () => {
  const world = new ChoiceWorld();
  const flow = world.flow(SITE);
  assert.deepEqual(flow.calls, []);
  world.answer('site.test', found(A), true);
  world.answer('site.test', found(A, '2001:db8::1'));
  assert.deepEqual(flow.calls, [[`one ${A}`, `two ${A}`, 'socks'], ['two 2001:db8::1']]);
});

test('lines that need no address do not wait for a name where they have their turn first', () => {
  const world = new ChoiceWorld({
    upstream: [
      { name: 'socks', type: 'socks5', host: '198.51.100.80', port: 1080 },
      { name: 'two', type: 'direct' },
    ],
  });
  const flow = world.flow(SITE);
  assert.deepEqual(flow.order, ['socks']);
  world.answer('site.test', found(A));
  assert.deepEqual(flow.order, ['socks', `two ${A}`]);
});

test('a name without an address is refused, unless a proxy may know better', () => {
  const failed = { kind: 'failed', failure: failureOf('no-such-name'), proof: 'all' } as const;
  const world = new ChoiceWorld();
  const flow = world.flow(SITE);
  world.answer('site.test', failed);
  assert.deepEqual([flow.order, flow.refused], [['socks'], undefined]);
  const direct = new ChoiceWorld({ upstream: { type: 'direct' } });
  const none = direct.flow(SITE);
  direct.answer('site.test', failed);
  assert.deepEqual([none.order, none.refused?.code], [[], 'no-such-name']);
});

test('a flow that has ended waits for nothing, and is told nothing', () => {
  const world = new ChoiceWorld();
  const flow = world.flow(SITE);
  flow.choice.close();
  assert.equal(world.waiters.get('site.test')?.size, 0);
  world.answer('site.test', found(A));
  assert.deepEqual([flow.order, flow.refused], [[], undefined]);
});

test('a destination that only other lines may reach is refused', () => {
  const rules = [
    { domain_suffix: ['site.test'], use: ['web'] },
    { domain_suffix: ['other.test'], use: ['socks'] },
  ];
  const world = known({ ...FOUR_LINES, rules });
  const flow = world.flow(SITE);
  assert.deepEqual([flow.refused?.code, flow.refused?.whose], ['line-no-udp', 'line']);
  assert.deepEqual(world.flow('other.test:443').order, ['socks']);
  world.udpLines.setRelays(2, false);
  assert.equal(world.flow('other.test:443').refused?.code, 'line-no-udp');
  assert.deepEqual(world.flow(SITE.replace('site', 'any')).order, []);
  world.engine.now += 600_000;
  assert.deepEqual(world.flow('other.test:443').order, ['socks'], 'it is asked again after a while');
});

test('rules hold for names, ports, and the addresses that names resolve to', () => {
  const rules = [
    { domain_suffix: ['blocked.test'], block: true },
    { port: 25, block: true },
    { cidr: ['203.0.113.2/32'], block: true },
    { cidr: ['203.0.113.3/32'], use: ['socks'] },
  ];
  const world = known({ ...FOUR_LINES, rules }, B, '203.0.113.3', A);
  assert.equal(world.flow('blocked.test:443').refused?.code, 'blocked');
  assert.equal(world.flow(`${A}:25`).refused?.code, 'blocked');
  assert.equal(world.flow(`${B}:443`).refused?.code, 'blocked');
  assert.deepEqual(world.flow('203.0.113.3:443').order, ['socks 203.0.113.3']);
  assert.deepEqual(world.flow(SITE).order, [`one ${A}`, `two ${A}`, 'socks']);
  world.known.set('only.test', found(B));
  assert.deepEqual(world.flow('only.test:443').order, ['socks']);
  const direct = new ChoiceWorld({ upstream: { type: 'direct' }, rules: rules.slice(0, 3) });
  direct.known.set('only.test', found(B));
  assert.equal(direct.flow('only.test:443').refused?.code, 'blocked');
});

test('the egress policy holds after resolving, too, and a request in a circle goes nowhere', () => {
  const settings = { upstream: { type: 'direct' }, egress: { deny: ['203.0.113.0/24'] } };
  const world = known(settings);
  assert.equal(world.flow(SITE).refused?.code, 'egress-denied');
  assert.equal(world.flow(`${A}:53`).refused?.code, 'egress-denied');
  assert.equal(world.flow('127.0.0.1:1080').refused?.code, 'own-listener');
  assert.equal(world.flow('192.0.2.1:53', { depth: 3 }).refused?.code, 'loop');
  assert.deepEqual(world.flow('192.0.2.1:53', { depth: 2 }).order.length, 1);
});

test('a blacklisted address is not used, and one that always failed has its turn last', () => {
  const world = known({ upstream: { name: 'a', type: 'direct' } }, A, B);
  world.last.add(A);
  assert.deepEqual(world.flow(SITE).order, [`a ${B}`, `a ${A}`]);
  world.bad.add(B);
  assert.deepEqual(world.flow(SITE).order, [`a ${A}`]);
  world.bad.add(A);
  assert.equal(world.flow(SITE).refused?.code, 'not-allowed');
});

test('a user has its lines, and begins no flow when it has carried what it may', () => {
  const users = { alice: { password: 'secret-password', lines: ['two', 'web'] } };
  const world = known({ ...FOUR_LINES, users });
  const user = { name: 'alice', tag: undefined };
  assert.deepEqual(world.flow(SITE, { user }).order, [`two ${A}`]);
  world.spent.add('alice');
  assert.equal(world.flow(SITE, { user }).refused?.code, 'user-limit');
});

test('what an operator has paused or pinned holds for flows', () => {
  const world = known();
  world.steering.set({ paused: [0], pinned: undefined, pins: [] });
  assert.deepEqual(world.flow(SITE).order, [`two ${A}`, 'socks']);
  world.steering.set({ paused: [], pinned: 2, pins: [] });
  assert.deepEqual(world.flow(SITE).order, ['socks']);
  world.steering.set({ paused: [], pinned: undefined, pins: [{ destination: SITE, line: 3 }] });
  assert.equal(
    world.flow(SITE).refused?.code,
    'line-no-udp',
    'the pinned line carries none, and no other does instead',
  );
});

test('a line whose link is down, that is dead or silent goes last, and what is remembered waits for it', () => {
  const world = known();
  const first = world.flow(SITE);
  first.answered('one');
  assert.deepEqual(world.flow(SITE).order, [`one ${A}`, `two ${A}`, 'socks']);
  world.health.linkIs(0, false, world.engine.now);
  assert.deepEqual(world.flow(SITE).order, [`two ${A}`, 'socks', `one ${A}`]);
  world.health.linkIs(0, true, world.engine.now);
  assert.deepEqual(world.flow(SITE).order[0], `one ${A}`);
  for (const network of [1, 2, 3]) world.udpLines.lost(0, network);
  assert.deepEqual(world.flow(SITE).order, [`two ${A}`, 'socks', `one ${A}`]);
});

test('what answered leads, apart from what connects; what connects leads where nothing is known of datagrams', () => {
  const world = known();
  const { now } = world.engine;
  const tcp = destinationKey('site.test', 443, undefined);
  world.routes.connected(tcp, world.routes.open(tcp, now), { line: 1, ip: ip(A) }, 5, now);
  world.routes.get(tcp, now)?.choose(now, 1e6, world.routes, false);
  const flow = world.flow(SITE);
  assert.deepEqual(flow.order, [`two ${A}`, `one ${A}`, 'socks']);
  flow.silent('two');
  flow.silent('one');
  flow.answered('socks');
  assert.deepEqual(world.flow(SITE).order[0], 'socks');
  assert.equal(world.routes.get(tcp, now)?.choose(now, 1e6, world.routes, false)?.line, 1, 'connections stay');
  assert.deepEqual(
    world.routes.get(KEY, now)?.candidates.map(({ line, lastBlamed }) => [line, lastBlamed]),
    [
      [1, 'silent'],
      [0, 'silent'],
      [2, undefined],
    ],
  );
});

test('a destination of which nothing comes back blames no line, and is not remembered', () => {
  const world = known();
  const flow = world.flow(SITE);
  for (const line of ['one', 'two', 'socks']) flow.silent(line);
  assert.equal(world.routes.get(KEY, world.engine.now), undefined);
  for (const line of [0, 1, 2]) assert.equal(world.udpLines.of(line).silent_ms, undefined);
  assert.deepEqual(world.flow(SITE).order[0], `one ${A}`);
});

test('silence that no other line can better in its flow counts at once', () => {
  const world = known();
  const flow = world.flow(SITE);
  flow.choice.failed(flow.of('one'), failureOf('timed-out'), true);
  assert.deepEqual(world.flow(SITE).order, [`two ${A}`, 'socks', `one ${A}`]);
});

test('a remembered line that fails loses its place at once, and gets it back when it works', () => {
  const world = known();
  world.flow(SITE).answered('one');
  const flow = world.flow(SITE);
  flow.choice.failed(flow.of('one'), failureOf('refused'));
  assert.deepEqual(world.flow(SITE).order, [`two ${A}`, 'socks', `one ${A}`]);
  flow.answered('two');
  assert.deepEqual(world.flow(SITE).order[0], `two ${A}`);
});

test('three destinations in different networks that are lost to others make a line silent for all', () => {
  const world = new ChoiceWorld();
  for (const host of ['198.51.100.1', '203.0.113.1', '192.0.2.1']) {
    const flow = world.flow(`${host}:443`);
    assert.deepEqual(flow.order[0], `one ${host}`);
    flow.silent('one');
    flow.answered('two');
  }
  assert.deepEqual(world.flow('100.100.0.1:443').order, ['two 100.100.0.1', 'socks 100.100.0.1', 'one 100.100.0.1']);
  world.flow('100.100.0.1:443').answered('one');
  assert.deepEqual(world.flow('100.101.0.1:443').order[0], 'one 100.101.0.1');
});

test('a network near by says nothing of a line', () => {
  const world = new ChoiceWorld();
  for (const host of ['10.0.0.1', '10.1.0.1', '10.2.0.1', '10.3.0.1']) {
    const flow = world.flow(`${host}:443`);
    flow.silent('one');
    flow.answered('two');
  }
  assert.equal(world.udpLines.isSilent(0), false);
});

test('an address that the name no longer has does not lead', () => {
  const world = known();
  world.flow(SITE).answered('two');
  world.known.set('site.test', found(B));
  assert.deepEqual(world.flow(SITE).order, [`one ${B}`, `two ${B}`, 'socks']);
});

test('a remembered candidate does not wait for its name', () => {
  const world = known();
  world.flow(SITE).answered('two');
  world.known.clear();
  const flow = world.flow(SITE);
  assert.deepEqual(flow.calls, [[`two ${A}`]]);
  world.answer('site.test', found(A));
  assert.deepEqual(flow.calls[1], [`one ${A}`, 'socks']);
});

test('a cheaper line is tried again after a while, and then more seldom', () => {
  const upstream = [
    { name: 'dear', type: 'direct', tier: 1 },
    { name: 'cheap', type: 'direct' },
  ];
  const world = known({ upstream });
  const first = world.flow(SITE);
  assert.deepEqual(first.order, [`cheap ${A}`, `dear ${A}`]);
  first.silent('cheap');
  first.answered('dear');
  assert.deepEqual(world.flow(SITE).order, [`dear ${A}`, `cheap ${A}`]);
  world.engine.now += 11_000;
  world.flow(SITE).answered('dear');
  const trials: number[] = [];
  for (let second = 0; second < 120; second += 1) {
    const flow = world.flow(SITE);
    if (flow.order[0] === `cheap ${A}`) {
      trials.push(second);
      flow.silent('cheap');
    }
    flow.answered('dear');
    world.engine.now += 1000;
  }
  assert.ok(trials.length >= 2 && trials.length <= 5, `${trials}`);
});

test('how long an answer may take is known of the destination, or else of the line', () => {
  const world = known();
  const unknown = world.flow(SITE);
  const { margin_ms } = world.parts.options.race;
  assert.equal(unknown.choice.answersWithin(unknown.of('one')), UNKNOWN_MS);
  unknown.answered('one', 40);
  assert.equal(unknown.choice.answersWithin(unknown.of('one')), 40 + 4 * 20 + margin_ms);
  const other = world.flow('198.51.100.9:443');
  assert.equal(other.choice.answersWithin(other.of('one')), 40 + 4 * 20 + margin_ms);
  assert.equal(other.choice.answersWithin(other.of('two')), UNKNOWN_MS);
});

/** Flows of one datagram each, none of which is answered. */
function inVain(world: ChoiceWorld, flows: number, target = SITE): string[] {
  return Array.from({ length: flows }, () => {
    const flow = world.flow(target);
    const [first] = flow.candidates;
    flow.choice.asks(first);
    world.engine.now += 2000;
    flow.choice.close();
    return flow.order[0];
  });
}

test('flows of one datagram leave a line that is remembered as the best and falls silent, and blame it', () => {
  const world = known();
  const before = world.flow(SITE);
  before.answered('one');
  assert.deepEqual(inVain(world, 4), [`one ${A}`, `one ${A}`, `one ${A}`, `two ${A}`]);
  const next = world.flow(SITE);
  next.choice.asks(next.of('two'));
  assert.equal(world.routes.get(KEY, world.engine.now)?.best?.line, 0, 'until another one has answered');
  next.answered('two');
  assert.equal(world.flow(SITE).order[0], `two ${A}`);
  const memory = world.routes.get(KEY, world.engine.now);
  assert.ok(memory?.candidates.find(({ line }) => line === 0)?.isFailing(world.engine.now));
});

test('flows of one datagram leave the first line of all, too, and come back to it where nobody answers', () => {
  const world = known({ upstream: FOUR_LINES.upstream.slice(0, 2) });
  const all = inVain(world, 20).map((first) => first.split(' ')[0]);
  assert.deepEqual(all.slice(0, 7), ['one', 'one', 'one', 'two', 'two', 'two', 'one']);
  // From then on there is a rest of half a minute.
  assert.deepEqual(new Set(all.slice(6)), new Set(['one']));
  assert.equal(world.routes.get(KEY, world.engine.now), undefined, 'nothing is remembered of who never answers');
});

test('other addresses of a name have their turn when the first one is silent over all lines', () => {
  const world = known({ upstream: FOUR_LINES.upstream.slice(0, 2) }, A, B);
  assert.deepEqual(inVain(world, 7), [
    ...[`one ${A}`, `one ${A}`, `one ${A}`],
    ...[`two ${A}`, `two ${A}`, `two ${A}`],
    `one ${B}`,
  ]);
});

test('silence towards one destination says nothing of its line for others', () => {
  const world = known();
  inVain(world, 4);
  assert.equal(world.flow(`${B}:53`).order[0], `one ${B}`);
});

test('where there is nothing to choose no flow is counted', () => {
  const world = new ChoiceWorld({ upstream: [{ name: 'one', type: 'direct' }] });
  inVain(world, 3, `${A}:53`);
  const { silentFlows } = world.parts;
  const keys = [udpKey(A, 53, undefined), destinationKey(A, 53, undefined)];
  assert.deepEqual(
    keys.map((key) => silentFlows.isSilentLine(key, 0, world.engine.now)),
    [false, false],
  );
});
