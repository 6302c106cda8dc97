// The egress policy: what each word denies, which entry decides, and that no way of writing an address goes round it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { embeddedIpv4 } from '../../../src/protocol/address/embedded-ipv4.js';
import { IpRanges } from '../../../src/protocol/address/ip-range.js';
import { type EgressOptions, parseEgressEntry } from '../../../src/protocol/egress/entry.js';
import { EgressPolicy } from '../../../src/protocol/egress/policy.js';

/** The machine of these tests has loopback, as the kernel says it, and these. */
const MACHINE = new Set(['127.0.0.1', '::1', '192.168.1.1', '203.0.113.7', '2001:db8::7']);

function policyOf(options: Partial<EgressOptions>): EgressPolicy {
  return new EgressPolicy({ deny: [], allow: [], guarded: false, ...options }, (ip) => MACHINE.has(formatIp(ip)));
}

/** The detail of the denial. */
function denied(policy: EgressPolicy, address: string, port = 443): string | undefined {
  const failure = policy.denies(parseIp(address) as Uint8Array, port);
  if (failure !== undefined) assert.equal(failure.code, 'egress-denied');
  return failure?.detail;
}

const OPEN = ['192.0.2.1', '8.8.8.8', '1.1.1.1', '126.255.255.255', '128.0.0.0', '2606:4700::1111', '64:ff9b::808:808'];

test('a gateway of this machine alone allows everything', () => {
  const policy = policyOf({});
  assert.equal(policy.isEmpty, true);
  for (const address of [...OPEN, '127.0.0.1', '169.254.169.254', '192.168.1.1', '::1', '224.0.0.1'])
    assert.equal(denied(policy, address), undefined, address);
});

test('one that is open to others denies loopback, link-local, metadata, multicast and its own addresses', () => {
  const policy = policyOf({ guarded: true });
  for (const [address, why] of [
    ['127.0.0.1', 'loopback 127.0.0.0/8'],
    ['127.255.255.255', 'loopback 127.0.0.0/8'],
    ['::1', 'loopback ::1'],
    ['169.254.0.1', 'link-local 169.254.0.0/16'],
    ['fe80::1', 'link-local fe80::/10'],
    ['febf::1', 'link-local fe80::/10'],
    ['169.254.169.254', 'metadata 169.254.169.254'],
    ['fd00:ec2::254', 'metadata fd00:ec2::254'],
    ['100.100.100.200', 'metadata 100.100.100.200'],
    ['224.0.0.1', 'multicast 224.0.0.0/4'],
    ['239.255.255.255', 'multicast 224.0.0.0/4'],
    ['255.255.255.255', 'multicast 255.255.255.255'],
    ['ff02::1', 'multicast ff00::/8'],
    ['192.168.1.1', 'own'],
    ['203.0.113.7', 'own'],
    ['2001:db8::7', 'own'],
  ] as const) {
    assert.equal(denied(policy, address), `by default: ${why}`, address);
  }
  const allowed = ['10.0.0.1', '172.16.0.1', '192.168.1.2', '100.64.0.1', 'fc00::1', 'fd00:ec2::253', '240.0.0.1'];
  for (const address of [...OPEN, ...allowed, '169.253.255.255', '169.255.0.0', 'fec0::1', '::2', '2001:db8::8'])
    assert.equal(denied(policy, address), undefined, address);
});

test('an IPv4 address is denied in every form', () => {
  const policy = policyOf({ guarded: true, deny: ['10.0.0.0/8:22'] });
  const forms = (hex: string, six: string) => [`::ffff:${hex}`, `::${hex}`, `64:ff9b::${hex}`, `2002:${six}::`];
  for (const [hex, six] of [
    ['7f00:1', '7f00:1'],
    ['a9fe:a9fe', 'a9fe:a9fe'],
    ['e000:1', 'e000:1'],
    ['c0a8:101', 'c0a8:101'],
    ['a00:5', 'a00:5'],
  ] as const) {
    for (const address of [...forms(hex, six), `64:ff9b:1::${hex}`]) {
      assert.notEqual(denied(policy, address, 22), undefined, address);
    }
  }
  assert.equal(denied(policy, '64:ff9b::a00:5', 23), undefined);
});

test('an IPv6 address that stands for an IPv4 address must be allowed as both', () => {
  const six = policyOf({ guarded: true, allow: ['64:ff9b::/96'] });
  assert.equal(denied(six, '64:ff9b::7f00:1'), 'by default: loopback 127.0.0.0/8');
  const four = policyOf({ deny: ['all'], allow: ['10.0.0.0/8'] });
  assert.equal(denied(four, '64:ff9b::a00:1'), 'egress.deny: all ::/0');
  const both = policyOf({ deny: ['all'], allow: ['10.0.0.0/8', '64:ff9b::/96'] });
  assert.equal(denied(both, '64:ff9b::a00:1'), undefined);
  assert.equal(denied(both, '64:ff9b::b00:1'), 'egress.deny: all 0.0.0.0/0');
});

test('the smallest network decides, in whichever list it stands', () => {
  const policy = policyOf({ deny: ['10.0.0.0/8', '10.1.2.3', 'fd00::/8'], allow: ['10.1.0.0/16', 'fd00:1::/32'] });
  for (const [address, why] of [
    ['10.0.0.1', 'egress.deny: 10.0.0.0/8'],
    ['10.1.0.1', undefined],
    ['10.1.2.3', 'egress.deny: 10.1.2.3'],
    ['10.2.0.0', 'egress.deny: 10.0.0.0/8'],
    ['fd00:2::1', 'egress.deny: fd00::/8'],
    ['fd00:1::1', undefined],
    ['11.0.0.0', undefined],
  ] as const) {
    assert.equal(denied(policy, address), why, address);
  }
});

test('of two entries for one network the one with ports decides, then allow', () => {
  const policy = policyOf({
    deny: ['private', '10.0.0.5:22', 'loopback:1-99', '192.0.2.0/24'],
    allow: ['private:22', 'loopback', '192.0.2.0/24', '10.0.0.5:20-30'],
  });
  assert.equal(denied(policy, '10.0.0.1', 22), undefined);
  assert.equal(denied(policy, '10.0.0.1', 23), 'egress.deny: private 10.0.0.0/8');
  assert.equal(denied(policy, '127.0.0.1', 99), 'egress.deny: loopback:1-99 127.0.0.0/8');
  assert.equal(denied(policy, '127.0.0.1', 100), undefined);
  assert.equal(denied(policy, '192.0.2.1'), undefined);
  assert.equal(denied(policy, '10.0.0.5', 22), undefined);
  assert.equal(denied(policy, '10.0.0.5', 31), 'egress.deny: private 10.0.0.0/8');
});

test('what is denied by default is allowed only by an entry that is as small', () => {
  const wide = policyOf({ guarded: true, allow: ['all', '192.168.0.0/16', 'link-local'] });
  for (const address of ['127.0.0.1', '169.254.169.254', '192.168.1.1', '::1', 'fd00:ec2::254'])
    assert.notEqual(denied(wide, address), undefined, address);
  assert.equal(denied(wide, '169.254.1.1'), undefined);
  const exact = policyOf({ guarded: true, allow: ['127.0.0.1:5432', '169.254.169.254', 'own', 'multicast'] });
  assert.equal(denied(exact, '127.0.0.1', 5432), undefined);
  assert.equal(denied(exact, '127.0.0.1', 5433), 'by default: loopback 127.0.0.0/8');
  for (const address of ['169.254.169.254', '192.168.1.1', '224.0.0.1'])
    assert.equal(denied(exact, address), undefined, address);
});

test('one of the machine’s addresses that is written out counts before own', () => {
  const policy = policyOf({ guarded: true, deny: ['203.0.113.7'], allow: ['192.168.1.1', 'own:8080'] });
  assert.equal(denied(policy, '192.168.1.1'), undefined);
  assert.equal(denied(policy, '203.0.113.7', 8080), 'egress.deny: 203.0.113.7');
  assert.equal(denied(policy, '2001:db8::7', 8080), undefined);
  assert.equal(denied(policy, '2001:db8::7', 8081), 'by default: own');
});

test('whether an address is the machine’s is asked only where that decides', () => {
  const asked: string[] = [];
  const machine = (ip: Uint8Array): boolean => {
    asked.push(formatIp(ip));
    return false;
  };
  const of = (options: Partial<EgressOptions>, address: string) =>
    new EgressPolicy({ deny: [], allow: [], guarded: false, ...options }, machine).denies(
      parseIp(address) as Uint8Array,
      1,
    );
  of({}, '192.0.2.1');
  of({ deny: ['private'] }, '192.0.2.1');
  of({ guarded: true }, '127.0.0.1');
  of({ guarded: true, allow: ['192.0.2.1'] }, '192.0.2.1');
  assert.deepEqual(asked, []);
  of({ guarded: true }, '192.0.2.1');
  of({ guarded: true }, '2002:c000:201::');
  assert.deepEqual(asked, ['192.0.2.1', '2002:c000:201::', '192.0.2.1']);
});

// The same rule, written as plainly as can be.

interface Plain {
  readonly allow: boolean;
  readonly ranges: IpRanges;
  readonly free: number;
  readonly ports: { readonly from: number; readonly to: number } | undefined;
}

function plainly(options: EgressOptions, ip: Uint8Array, port: number): boolean {
  const entries = (list: readonly string[], allow: boolean): Plain[] =>
    list.flatMap((text) => {
      const entry = parseEgressEntry(text);
      assert.ok(entry !== undefined);
      return entry.networks
        .filter((network) => network.ip.length === ip.length)
        .map((network) => ({
          ...{ allow, ports: entry.ports, ranges: new IpRanges([network]) },
          free: network.ip.length * 8 - network.prefix,
        }));
    });
  const matching = [...entries(options.allow, true), ...entries(options.deny, false)].filter(
    ({ ranges, ports }) => ranges.has(ip) && (ports === undefined || (port >= ports.from && port <= ports.to)),
  );
  const least = Math.min(...matching.map(({ free }) => free));
  const smallest = matching.filter(({ free }) => free === least);
  const exact = smallest.filter(({ ports }) => ports !== undefined);
  const deciding = exact.length > 0 ? exact : smallest;
  return deciding.length > 0 && !deciding.some(({ allow }) => allow);
}

/** Few bits, so that networks nest and addresses fall into them. */
const four = fc.integer({ min: 0, max: 15 }).map((low) => Uint8Array.of(10, 0, 0, low));
const entry = fc
  .record({ ip: four, prefix: fc.integer({ min: 0, max: 32 }), port: fc.option(fc.integer({ min: 1, max: 3 })) })
  .map(({ ip, prefix, port }) => `${formatIp(ip)}/${prefix}${port === null ? '' : `:${port}`}`);
const list = fc.array(entry, { maxLength: 8 });

test('which entry decides is what the rule says, for any lists', () => {
  fc.assert(
    fc.property(list, list, four, fc.integer({ min: 1, max: 4 }), (allow, deny, ip, port) => {
      const options = { allow, deny, guarded: false };
      assert.equal(embeddedIpv4(ip), undefined);
      assert.equal(policyOf(options).denies(ip, port) !== undefined, plainly(options, ip, port));
    }),
    { numRuns: 2000 },
  );
});
