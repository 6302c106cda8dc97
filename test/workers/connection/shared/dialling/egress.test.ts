// The one check before a dial: what it refuses, for which lines, and in which order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { OwnListeners } from '../../../../../src/protocol/address/own-listeners.js';
import { type Target, targetOfIp, targetOfName } from '../../../../../src/protocol/address/target.js';
import type { EgressOptions } from '../../../../../src/protocol/egress/entry.js';
import { EgressPolicy } from '../../../../../src/protocol/egress/policy.js';
import { LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import { lineOf } from '../../../../../src/protocol/lines/line.js';
import { byRule } from '../../../../../src/protocol/race/failure.js';
import { dialLines } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import { Egress } from '../../../../../src/workers/connection/shared/dialling/egress.js';
import { Links } from '../../../../../src/workers/connection/shared/dialling/links.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const literal = (text: string, port = 443): Target => targetOfIp(ip(text), port);
const named = (text: string, port = 443): Target => targetOfName(text, port) as Target;

const source = { ip: undefined, port: 0 };
const hop = (host: string) => ({ kind: 'socks5' as const, host, port: 1080, username: undefined, password: undefined });
const [DIRECT, PROXY, NAMED_PROXY, OLD_PROXY] = dialLines([
  lineOf(0, 'direct', source, []),
  lineOf(1, 'proxy', source, [hop('127.0.0.1')]),
  lineOf(2, 'named', source, [hop('proxy.test')]),
  lineOf(3, 'old', source, [hop('127.0.0.1'), { ...hop('127.0.0.1'), kind: 'socks4' }]),
]) as [never, never, never, never];

/** It listens on 127.0.0.1:7070 and [2001:db8::7]:7071, and has the address 192.168.1.1. */
function egressOf(policy: Partial<EgressOptions>): Egress {
  const isMachines = (address: Uint8Array): boolean => Buffer.from(address).equals(Buffer.from(ip('192.168.1.1')));
  const listeners = new OwnListeners(
    [
      { ip: ip('127.0.0.1'), port: 7070 },
      { ip: ip('2001:db8::7'), port: 7071 },
    ],
    isMachines,
  );
  return new Egress(listeners, new EgressPolicy({ deny: [], allow: [], guarded: false, ...policy }, isMachines), {
    engine: { now: 0 },
    circles: { mayGoOn: (depth) => depth < 3 },
    rules: { forbids: (_line, address) => (address[3] === 66 ? byRule('blocked', 0) : undefined) },
    badAddresses: { forbids: (address) => address[3] === 77 },
    links: new Links(new LineHealth(0)),
  });
}

const GUARDED = egressOf({ guarded: true });
const PLAIN = egressOf({});

test('a literal is judged before any line is chosen, so also for the lines of proxies', () => {
  for (const [address, code] of [
    ['127.0.0.1', 'egress-denied'],
    ['::1', 'egress-denied'],
    ['169.254.169.254', 'egress-denied'],
    ['192.168.1.1', 'egress-denied'],
    ['64:ff9b::7f00:1', 'egress-denied'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['192.0.2.1', 'allowed'],
  ] as const) {
    assert.equal(GUARDED.mayAskFor(literal(address), 0).code, code, address);
  }
  assert.equal(PLAIN.mayAskFor(literal('127.0.0.1'), 0).code, 'allowed');
});

test('the gateway’s own listeners are refused, whatever the policy allows', () => {
  const open = egressOf({ guarded: true, allow: ['loopback', 'own', 'all', '127.0.0.1', '2001:db8::7'] });
  for (const egress of [PLAIN, GUARDED, open]) {
    assert.equal(egress.mayAskFor(literal('127.0.0.1', 7070), 0).code, 'own-listener');
    assert.equal(egress.mayAskFor(literal('64:ff9b::7f00:1', 7070), 0).code, 'own-listener');
    assert.equal(egress.mayAskFor(literal('2001:db8::7', 7071), 0).code, 'own-listener');
    assert.equal(egress.mayAskFor(named('localhost', 7070), 0).code, 'own-listener');
    assert.equal(egress.mayDial(DIRECT, ip('2001:db8::7'), named('a.test', 7071), undefined).code, 'own-listener');
  }
  assert.equal(open.mayAskFor(literal('127.0.0.1', 7071), 0).code, 'allowed');
});

test('a request that has passed too many gateways goes nowhere', () => {
  assert.equal(PLAIN.mayAskFor(named('a.test'), 2).code, 'allowed');
  assert.equal(PLAIN.mayAskFor(named('a.test'), 3).code, 'loop');
  assert.equal(GUARDED.mayAskFor(literal('127.0.0.1'), 3).code, 'loop');
});

test('a name is judged by each address that it resolves to', () => {
  const target = named('rebinding.test');
  assert.equal(GUARDED.mayAskFor(target, 0).code, 'allowed');
  for (const address of ['127.0.0.1', '169.254.169.254', '192.168.1.1', '::1', '2002:7f00:1::'])
    assert.equal(GUARDED.mayDial(DIRECT, ip(address), target, undefined).code, 'egress-denied', address);
  assert.equal(GUARDED.mayDial(DIRECT, ip('192.0.2.1'), target, undefined).code, 'allowed');
  assert.equal(PLAIN.mayDial(DIRECT, ip('127.0.0.1'), target, undefined).code, 'allowed');
});

test('localhost is the machine itself, and no proxy is asked for it where loopback is denied', () => {
  for (const name of ['localhost', 'a.localhost']) {
    assert.equal(GUARDED.mayAskFor(named(name), 0).code, 'egress-denied');
    assert.equal(PLAIN.mayAskFor(named(name), 0).code, 'allowed');
  }
  assert.equal(egressOf({ guarded: true, allow: ['127.0.0.1:443'] }).mayAskFor(named('localhost'), 0).code, 'allowed');
  assert.equal(egressOf({ deny: ['private'] }).mayAskFor(named('localhost'), 0).code, 'allowed');
});

test('a proxy may stand anywhere but at the gateway itself', () => {
  assert.equal(GUARDED.mayDial(PROXY, ip('127.0.0.1'), named('a.test'), undefined).code, 'allowed');
  assert.equal(GUARDED.mayDial(NAMED_PROXY, ip('192.168.1.1'), named('a.test'), undefined).code, 'allowed');
});

test('the policy comes before range rules and the blacklist', () => {
  const target = named('a.test');
  const egress = egressOf({ deny: ['10.0.0.0/8'] });
  for (const [address, code] of [
    ['10.0.0.66', 'egress-denied'],
    ['10.0.0.77', 'egress-denied'],
    ['11.0.0.66', 'blocked'],
    ['11.0.0.77', 'not-allowed'],
  ] as const) {
    assert.equal(egress.mayDial(DIRECT, ip(address), target, undefined).code, code, address);
  }
});

test('a line whose last proxy has no IPv6 is not dialled for an IPv6 address, and for a name it is', () => {
  const may = (target: Target): string => PLAIN.mayDial(OLD_PROXY, ip('127.0.0.1'), target, undefined).code;
  assert.equal(may(literal('2001:db8::1')), 'line-address-type');
  assert.equal(may(literal('192.0.2.1')), 'allowed');
  assert.equal(may(named('a.test')), 'allowed');
});
