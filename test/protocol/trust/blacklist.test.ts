import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Blacklist, type BlacklistOptions, type Finding } from '../../../src/protocol/trust/blacklist.js';
import type { AnsweringServer } from '../../../src/protocol/trust/evidence.js';

const OPTIONS: BlacklistOptions = { fixed: [], rebindAllow: [], trusted: [], addresses_max: 100, ttl_ms: 1000 };
const PUBLIC: AnsweringServer = { id: 'udp://8.8.8.8:53', public: true };
const OTHER: AnsweringServer = { id: 'udp://1.1.1.1:53', public: true };
const LOCAL: AnsweringServer = { id: 'udp://192.168.1.1:53', public: false };
const NAME = 'www.site.com';
const BAD = '8.7.198.45';
const GOOD = '93.184.216.34';

const blacklist = (options: Partial<BlacklistOptions> = {}): Blacklist => new Blacklist({ ...OPTIONS, ...options });
const spoofed = (name: string, address = BAD): Finding => ({
  address,
  how: 'spoofing',
  by: 'udp://192.0.2.53:53',
  name,
});
const corrected = (by: string, address = BAD): Finding => ({ address, how: 'error-correction', by, name: undefined });
const clean = (addresses: readonly string[]) => ({ clean: addresses, dropped: [], suspect: false });

test('without evidence an answer is clean', () => {
  assert.deepEqual(blacklist().judge(PUBLIC, NAME, [BAD, GOOD], 0), clean([BAD, GOOD]));
  assert.deepEqual(blacklist().judge(PUBLIC, NAME, [], 0), clean([]));
});

test('an address of the static list removes only itself, and leaves a suspect answer when nothing is left', () => {
  const list = blacklist({ fixed: ['8.7.0.0/16', '2001:4860::/32'] });
  const dropped = [{ address: BAD, why: 'static' }];
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD, GOOD], 0), { clean: [GOOD], dropped, suspect: false });
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD], 0), { clean: [], dropped, suspect: true });
  assert.equal(list.judge(PUBLIC, NAME, ['2001:4860::8888'], 0).suspect, true);
});

test('an address of error-correction removes itself from the answers of that server only', () => {
  const list = blacklist();
  list.add(corrected(PUBLIC.id), 0);
  const dropped = [{ address: BAD, why: 'error-correction' }];
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD, GOOD], 0), { clean: [GOOD], dropped, suspect: false });
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD], 0), { clean: [], dropped, suspect: true });
  assert.deepEqual(list.judge(OTHER, NAME, [BAD], 0), clean([BAD]));
});

test('an injected address makes its whole answer suspect, for the name that it was injected for', () => {
  for (const how of ['spoofing', 'injection'] as const) {
    const list = blacklist();
    list.add({ address: BAD, how, by: 'udp://192.0.2.53:53', name: NAME }, 0);
    const dropped = [
      { address: BAD, why: how },
      { address: GOOD, why: 'companion' },
    ];
    assert.deepEqual(list.judge(PUBLIC, NAME, [BAD, GOOD], 0), { clean: [], dropped, suspect: true });
    assert.deepEqual(list.judge(PUBLIC, 'www.other.com', [BAD, GOOD], 0), clean([BAD, GOOD]));
  }
});

test('injection outweighs the static list: the whole answer is suspect', () => {
  const list = blacklist({ fixed: [BAD] });
  list.add(spoofed(NAME), 0);
  assert.equal(list.judge(PUBLIC, NAME, [BAD, GOOD], 0).suspect, true);
});

test('an injected address is bad for all names once it was injected for two unrelated ones', () => {
  const list = blacklist();
  list.add(spoofed('www.site.com'), 0);
  list.add(spoofed('mail.site.com'), 0);
  list.add(spoofed('www.site.co.jp'), 0);
  assert.equal(list.verdict(BAD)?.everywhere, false);
  list.add(spoofed('www.another.org'), 0);
  assert.equal(list.verdict(BAD)?.everywhere, true);
  assert.equal(list.judge(LOCAL, 'unheard.net', [GOOD, BAD], 0).suspect, true);
});

test('two honest answers to real queries never make an address bad for all names', () => {
  const list = blacklist();
  for (const name of ['www.site.com', 'www.another.org', 'third.net']) {
    list.add({ address: BAD, how: 'injection', by: PUBLIC.id, name }, 0);
  }
  assert.equal(list.verdict(BAD)?.everywhere, false);
});

test('an injected address that no site can have is bad for all names at once', () => {
  for (const [address, fixed] of [
    ['10.1.2.3', []],
    ['2001:db8::1', []],
    [BAD, ['8.7.0.0/16']],
  ] as const) {
    const list = blacklist({ fixed });
    list.add(spoofed(NAME, address), 0);
    assert.equal(list.verdict(address)?.everywhere, true, address);
  }
});

test('a TLS answer for another name clears an address of all but the names that it was injected for', () => {
  const list = blacklist();
  for (const name of ['www.site.com', 'www.another.org']) list.add(spoofed(name), 0);
  list.clear(BAD, 'www.site.com', 0);
  assert.equal(list.verdict(BAD)?.everywhere, true);
  list.clear(BAD, 'live.net', 0);
  assert.equal(list.verdict(BAD)?.everywhere, false);
  assert.equal(list.judge(PUBLIC, 'www.site.com', [BAD], 0).suspect, true);
  assert.deepEqual(list.judge(PUBLIC, 'live.net', [BAD], 0), clean([BAD]));
  // As long as evidence would last.
  for (const name of ['www.site.com', 'www.another.org']) list.add(spoofed(name), 900);
  list.expire(1000);
  assert.equal(list.verdict(BAD)?.everywhere, true);
});

test('no TLS answer clears an address that no site can have', () => {
  const list = blacklist();
  list.add(spoofed(NAME, '10.1.2.3'), 0);
  list.clear('10.1.2.3', 'live.net', 0);
  assert.equal(list.verdict('10.1.2.3')?.everywhere, true);
});

test('evidence expires, and repetition renews it', () => {
  const list = blacklist();
  list.add(spoofed(NAME), 0);
  list.add(spoofed(NAME), 600);
  assert.deepEqual(list.list(600)[0]?.evidence, [
    { how: 'spoofing', by: 'udp://192.0.2.53:53', name: NAME, since: 0, renewed: 600, expires: 1600 },
  ]);
  assert.equal(list.judge(PUBLIC, NAME, [BAD], 1599).suspect, true);
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD], 1600), clean([BAD]));
  assert.equal(list.size, 0);
});

test('weaker evidence lasts as long as it is given, and never shortens what stands', () => {
  const list = blacklist();
  list.add(spoofed(NAME), 0);
  list.add(spoofed(NAME), 10, 20);
  assert.equal(list.verdict(BAD)?.expires, 1000);
  list.add(spoofed(NAME, GOOD), 0, 20);
  assert.equal(list.verdict(GOOD)?.expires, 20);
});

test('addresses are counted by the kinds of evidence against them', () => {
  const list = blacklist({ fixed: [GOOD] });
  assert.deepEqual(list.kinds, { 'error-correction': 0, spoofing: 0, injection: 0, outcome: 0, operator: 0, site: 0 });
  for (const name of ['a.test', 'b.test']) list.add(spoofed(name), 0);
  list.add(corrected(PUBLIC.id), 0);
  list.add(spoofed('a.test', '8.7.198.46'), 0);
  assert.deepEqual(list.kinds, { 'error-correction': 1, spoofing: 2, injection: 0, outcome: 0, operator: 0, site: 0 });
  list.undo(BAD);
  assert.deepEqual(list.kinds, { 'error-correction': 0, spoofing: 1, injection: 0, outcome: 0, operator: 0, site: 0 });
});

test('evidence is undone by hand, the static list is not', () => {
  const list = blacklist({ fixed: ['8.7.0.0/16'] });
  list.add(spoofed(NAME), 0);
  assert.equal(list.undo(BAD), true);
  assert.equal(list.undo(BAD), false);
  assert.deepEqual(
    list.list(0).map(({ address, evidence }) => [address, evidence[0]?.how]),
    [['8.7.0.0/16', 'static']],
  );
});

test('nothing is held against an address that is trusted, the static list and the rule of rebinding aside', () => {
  const list = blacklist({ trusted: ['8.7.0.0/16', '10.0.0.1'], fixed: ['8.7.198.46'] });
  list.add(spoofed(NAME), 0);
  list.add(corrected(PUBLIC.id), 0);
  list.restore(BAD, { ...spoofed(NAME), since: 0, renewed: 0, expires: 1000 });
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD], 0), clean([BAD]));
  assert.deepEqual([list.size, list.changes()], [0, []]);
  assert.equal(list.judge(PUBLIC, NAME, ['8.7.198.46'], 0).suspect, true);
  assert.equal(list.judge(PUBLIC, NAME, ['10.0.0.1'], 0).suspect, true);
});

test('an address that only fails for a name is tried last for it', () => {
  const list = blacklist();
  const outcome: Finding = { address: BAD, how: 'outcome', by: 'connections', name: NAME };
  list.add(outcome, 0);
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD, GOOD], 0), { ...clean([GOOD, BAD]), last: [BAD] });
  assert.deepEqual(list.judge(PUBLIC, 'www.other.com', [BAD, GOOD], 0), clean([BAD, GOOD]));
  assert.equal(list.verdict(BAD)?.everywhere, false);
  list.absolve(BAD, NAME);
  assert.deepEqual(list.judge(PUBLIC, NAME, [BAD, GOOD], 0), clean([BAD, GOOD]));
});

test('public servers may not answer private addresses for public names', () => {
  const private_ = ['10.0.0.1', '172.31.0.1', '192.168.0.1', '127.0.0.1', '169.254.1.1', '100.64.0.1', '0.0.0.0'];
  const other = ['224.0.0.251', '255.255.255.255', '192.0.2.1', '198.51.100.1', '203.0.113.1'];
  const six = ['::', '::1', 'fd00::1', 'fe80::1', 'ff02::1', '2001:db8::1', '64:ff9b::a00:1', '::10.0.0.1'];
  for (const address of [...private_, ...other, ...six]) {
    const dropped = [{ address, why: 'rebinding' }];
    assert.deepEqual(blacklist().judge(PUBLIC, NAME, [address, GOOD], 0), { clean: [GOOD], dropped, suspect: false });
    assert.equal(blacklist().judge(PUBLIC, NAME, [address], 0).suspect, true);
    assert.deepEqual(blacklist().judge(LOCAL, NAME, [address], 0), clean([address]));
    for (const name of ['nas', 'printer.local', 'a.test', 'box.lan', 'host.home.arpa']) {
      assert.deepEqual(blacklist().judge(PUBLIC, name, [address], 0), clean([address]), name);
    }
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '198.18.0.1', '2606:4700::1111', '64:ff9b::808:808']) {
    assert.deepEqual(blacklist().judge(PUBLIC, NAME, [address], 0), clean([address]));
  }
});

test('names and ranges may be allowed to', () => {
  const list = blacklist({ rebindAllow: ['site.com', '10.1.0.0/16'] });
  assert.deepEqual(list.judge(PUBLIC, 'site.com', ['192.168.0.1'], 0), clean(['192.168.0.1']));
  assert.deepEqual(list.judge(PUBLIC, 'www.site.com', ['192.168.0.1'], 0), clean(['192.168.0.1']));
  assert.equal(list.judge(PUBLIC, 'notsite.com', ['192.168.0.1'], 0).suspect, true);
  assert.deepEqual(list.judge(PUBLIC, 'other.com', ['10.1.2.3'], 0), clean(['10.1.2.3']));
  assert.equal(list.judge(PUBLIC, 'other.com', ['10.2.2.3'], 0).suspect, true);
});

test('changes tell each change once', () => {
  const list = blacklist();
  list.add(spoofed(NAME), 0);
  list.add(spoofed(NAME), 1);
  const [change, ...more] = list.changes();
  assert.deepEqual(more, []);
  assert.equal(change?.address, BAD);
  assert.deepEqual(change?.verdict?.names, [NAME]);
  assert.deepEqual(list.changes(), []);
  list.expire(2000);
  assert.deepEqual(list.changes(), [{ address: BAD, verdict: undefined }]);
});

test('what is no address is never evidence', () => {
  const list = blacklist();
  list.add(spoofed(NAME, 'site.com'), 0);
  assert.equal(list.size, 0);
  assert.equal(list.judge(PUBLIC, NAME, ['not an address'], 0).suspect, true);
});

test('what anybody can bring about leaves half of the table to what was probed for, and displaces none of it', () => {
  for (const how of ['outcome', 'injection'] as const) {
    const list = blacklist({ addresses_max: 4 });
    const weak = (last: number): Finding => ({ address: `8.0.0.${last}`, how, by: 'somebody', name: NAME });
    const held = () => list.found().map(({ address }) => address);
    for (let i = 0; i < 10; i += 1) list.add(weak(i), 0);
    assert.deepEqual(held(), ['8.0.0.8', '8.0.0.9']);
    for (let i = 0; i < 10; i += 1) list.add(spoofed(NAME, `9.0.0.${i}`), 0);
    const probed = ['9.0.0.6', '9.0.0.7', '9.0.0.8', '9.0.0.9'];
    assert.deepEqual(held(), probed);
    list.add(weak(1), 0);
    assert.deepEqual(held(), probed);
  }
});

test('one address has so much evidence at most, and what was probed for stays', () => {
  const list = blacklist();
  list.add(spoofed('www.one.com'), 0);
  list.add(spoofed('www.other.org'), 0);
  for (let i = 0; i < 200; i += 1) list.add({ address: BAD, how: 'injection', by: PUBLIC.id, name: `n${i}.net` }, 1);
  assert.equal(list.found()[0]?.evidence.length, 64);
  assert.equal(list.verdict(BAD)?.everywhere, true);
});

const finding = fc.record({
  address: fc.integer({ min: 0, max: 20 }).map((last) => `9.9.9.${last}`),
  how: fc.constantFrom('error-correction' as const, 'spoofing' as const, 'injection' as const, 'outcome' as const),
  by: fc.constantFrom('a', 'b'),
  name: fc.constantFrom('www.site.com', 'mail.site.com', 'another.org'),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), finding }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 700 }) }),
  fc.record({ kind: fc.constant('undo' as const), finding }),
  fc.record({ kind: fc.constant('clear' as const), finding }),
);

test('whatever happens: bounded, nothing expired is held, nothing fresh is lost, and replicas agree', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const list = blacklist({ addresses_max: 12 });
      const replica = new Map<string, unknown>();
      let now = 0;
      for (const one of steps) {
        if (one.kind === 'pass') now += one.ms;
        else if (one.kind === 'undo') list.undo(one.finding.address);
        else if (one.kind === 'clear') list.clear(one.finding.address, 'live.net', now);
        else list.add(one.finding, now);
        list.expire(now);
        for (const { address, verdict } of list.changes()) {
          if (verdict === undefined) replica.delete(address);
          else replica.set(address, verdict);
        }
        assert.ok(list.size <= 12);
        const held = list.found();
        for (const { evidence } of held) {
          assert.ok(evidence.length > 0);
          for (const { renewed, expires } of evidence) assert.ok(expires > now && expires <= renewed + 1000);
        }
        assert.deepEqual(new Map(held.map(({ address, verdict }) => [address, verdict])), replica);
        // The latest is there: unlike a list that is replaced, this one has no moment of being empty.
        const weak = one.kind === 'add' && ['outcome', 'injection'].includes(one.finding.how);
        if (one.kind === 'add' && !weak) assert.ok(replica.has(one.finding.address));
      }
    }),
  );
});
