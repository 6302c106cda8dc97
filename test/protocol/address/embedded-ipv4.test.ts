// One address in many forms: what a tunnel or a translator makes of an IPv6 address is compared like the IPv4 address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import {
  comparedAddress,
  comparedIp,
  embeddedIpv4,
  embeddedIpv4s,
  isUnspecified,
} from '../../../src/protocol/address/embedded-ipv4.js';
import { IpRanges } from '../../../src/protocol/address/ip-range.js';
import { OwnListeners } from '../../../src/protocol/address/own-listeners.js';
import { isSpecialIp } from '../../../src/protocol/address/special-address.js';
import { targetOfName } from '../../../src/protocol/address/target.js';
import { EgressPolicy } from '../../../src/protocol/egress/policy.js';
import { compileRules } from '../../../src/protocol/rules/compile.js';
import { Rules } from '../../../src/protocol/rules/match.js';
import { Blacklist } from '../../../src/protocol/trust/blacklist.js';
import { RebindingRule } from '../../../src/protocol/trust/rebinding.js';
import { parseSnapshot } from '../../../src/protocol/trust/snapshot.js';

const bytes = (text: string): Uint8Array => parseIp(text) as Uint8Array;

/** Every form in which an IPv6 address stands for 127.0.0.1. */
const LOOPBACK = [
  '::ffff:127.0.0.1',
  '::127.0.0.1',
  '2002:7f00:1::',
  '2002:7f00:1:5::9',
  '64:ff9b::127.0.0.1',
  '64:ff9b:1::127.0.0.1',
  '64:ff9b:1:abcd:7f:0:100:0', // RFC 6052 section 2.2, a prefix of 64 bits
  '64:ff9b:1:7f:0:1::', // 56 bits, with a bit set behind the /48
  '64:ff9b:1:7f00:0:100::', // 48 bits
];

test('an address that stands for an IPv4 address is compared as that one', () => {
  for (const text of LOOPBACK) {
    assert.equal(formatIp(comparedIp(bytes(text))), '127.0.0.1', text);
    assert.equal(comparedAddress(formatIp(bytes(text))), '127.0.0.1', text);
  }
  for (const text of [
    '127.0.0.1',
    '::1',
    '::',
    '2001:db8::7f00:1',
    '2003:7f00:1::',
    '64:ff9c::7f00:1',
    'fe80::1',
    '1::',
  ]) {
    assert.equal(embeddedIpv4(bytes(text)), undefined, text);
    assert.equal(comparedAddress(text), text);
  }
});

test('what means no host is told in every form', () => {
  const none = [
    '0.0.0.0',
    '0.255.0.1',
    '::',
    '::ffff:0.0.0.0',
    '::ffff:0.1.2.3',
    '::2',
    '2002::1',
    '64:ff9b::',
    '64:ff9b:1::',
  ];
  for (const text of none) assert.ok(isUnspecified(bytes(text)), text);
  for (const text of ['1.0.0.0', '127.0.0.1', '::1', '2001::', '100::', '2002:100::', '64:ff9b::1.0.0.0', 'ff02::1']) {
    assert.ok(!isUnspecified(bytes(text)), text);
  }
});

test('an IPv4 range holds for its addresses in every form, and an IPv6 range for none but its own', () => {
  const loopback = IpRanges.of(['127.0.0.0/8']);
  for (const text of LOOPBACK) assert.ok(loopback.has(bytes(text)), text);
  assert.ok(!loopback.has(bytes('64:ff9b::128.0.0.1')));
  const relays = IpRanges.of(['2002::/16', '64:ff9b::/96']);
  assert.ok(relays.has(bytes('2002:7f00:1::')) && relays.has(bytes('64:ff9b::1.2.3.4')));
  assert.ok(!relays.has(bytes('127.0.0.1')) && !relays.has(bytes('1.2.3.4')));
});

/** 10.0.0.1 behind prefixes of 48, 56 and 64 bits, with bytes behind it that make it look like another address. */
const SUFFIXED = [
  '64:ff9b:1:a00:0:100:808:808',
  '64:ff9b:1:a00:0:100::',
  '64:ff9b:1:a:0:1:808:808',
  '64:ff9b:1:0:a:0:108:808',
];

test('an address of 64:ff9b:1::/48 is in a range by each of its readings', () => {
  const texts = (ip: string) => embeddedIpv4s(bytes(ip)).map(formatIp);
  for (const text of SUFFIXED) {
    assert.ok(texts(text).includes('10.0.0.1'), text);
    assert.ok(IpRanges.of(['10.0.0.1']).has(bytes(text)), text);
    assert.ok(new EgressPolicy({ allow: [], deny: ['10.0.0.1'], guarded: false }, () => false).denies(bytes(text), 80));
    assert.ok(new OwnListeners([{ ip: bytes('10.0.0.1'), port: 80 }], () => true).has(bytes(text), 80), text);
    const destinations = { domain: [], domain_suffix: [], cidr: ['10.0.0.1'], files: [] };
    const tables = compileRules([{ destinations, ports: [], ruling: 'block' }], () => []);
    const target = targetOfName(formatIp(bytes(text)), 80);
    assert.ok(tables !== undefined && target !== undefined);
    assert.equal(new Rules(tables).match(target), 'block', text);
  }
  // The usual prefix of 96 bits, with zeros in front of the address, has one reading.
  assert.deepEqual(new Set(texts('64:ff9b:1::8.8.8.8')), new Set(['8.8.8.8']));
  assert.deepEqual(texts('64:ff9b::8.8.8.8'), ['8.8.8.8']);
  for (const text of ['2001:db8::1', '::1', '10.0.0.1']) assert.deepEqual(texts(text), []);
  assert.ok(!isSpecialIp(bytes('64:ff9b:1::8.8.8.8')));
});

test('the rule against rebinding sees private addresses in every form', () => {
  const rule = new RebindingRule([]);
  const server = { id: 'udp://8.8.8.8:53', public: true };
  for (const text of [...LOOPBACK, '2002:a00:1::', '::ffff:10.0.0.1', '64:ff9b:1::10.0.0.1', '0.0.0.0']) {
    assert.ok(isSpecialIp(bytes(text)), text);
    assert.ok(rule.breaks(server, 'www.site.com', bytes(text)), text);
  }
  for (const text of ['2002:808:808::', '64:ff9b::8.8.8.8']) assert.ok(!isSpecialIp(bytes(text)), text);
});

test('evidence holds for an address in every form, also from a state file, and so does trust', () => {
  const options = { fixed: [], rebindAllow: [], addresses_max: 10, ttl_ms: 1000 };
  const server = { id: 'system', public: false };
  const finding = { how: 'error-correction', by: 'system', name: undefined } as const;
  const blacklist = new Blacklist({ ...options, trusted: ['192.0.2.0/24'] });
  blacklist.add({ ...finding, address: '64:ff9b::c612:1' }, 0);
  for (const address of ['198.18.0.1', '64:ff9b::c612:1', '2002:c612:1::']) {
    assert.deepEqual(blacklist.judge(server, 'a.test', [address], 1).clean, [], address);
  }
  assert.equal(blacklist.undo('198.18.0.1'), true);
  blacklist.add({ ...finding, address: '64:ff9b::c000:201' }, 0);
  assert.equal(blacklist.size, 0);
  const evidence = { ...finding, name: 'a.test', since: 0, renewed: 0, expires: 9 };
  const file = {
    format: 'tcproute-bad-addresses',
    version: 1,
    addresses: [{ address: '::FFFF:1.2.3.4', evidence: [evidence] }],
  };
  const parsed = parseSnapshot(JSON.stringify(file), 1, 10);
  assert.ok(parsed.kind === 'snapshot');
  assert.equal(parsed.addresses[0]?.address, '1.2.3.4');
});

test('an IPv6 address in brackets is the address, and odd spellings of IPv4 addresses are no names', () => {
  const bracketed = targetOfName('[::1]', 80);
  assert.deepEqual([bracketed?.host, bracketed?.ip, bracketed?.port], ['::1', bytes('::1'), 80]);
  assert.equal(targetOfName('[::FFFF:127.0.0.1]', 80)?.host, '127.0.0.1');
  // getaddrinfo would take most of these for 127.0.0.1 or ::1: none may come there as a name.
  const odd = [
    '0x7f.1',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '127.0.0.1.',
    '0X7F000001',
    '127.0.0.0x1',
    '１２７.0.0.1',
    '127。1',
  ];
  for (const text of [
    ...odd,
    '::1%lo',
    'fe80::1%eth0',
    '[::1%lo]',
    '127.0.0.1%lo',
    '[127.0.0.1]',
    '[::1',
    '::1]',
    '[a.test]',
  ]) {
    assert.equal(targetOfName(text, 80), undefined, text);
  }
});
