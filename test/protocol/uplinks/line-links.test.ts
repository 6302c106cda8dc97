import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { lineOf, type Source } from '../../../src/protocol/lines/line.js';
import type { InterfaceState } from '../../../src/protocol/uplinks/interface-state.js';
import { faultText, linkEvent } from '../../../src/protocol/uplinks/line-link.js';
import { LineLinks } from '../../../src/protocol/uplinks/line-links.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const line = (number: number, source: Partial<Source>) =>
  lineOf(number, `line ${number}`, { ip: undefined, port: 0, ...source }, []);
const AUTO = line(0, { device: 'eth1', auto: true });
const PLAIN = line(1, { device: 'eth1' });
const FIXED = line(2, { ip: '10.0.0.1' });
const NOWHERE = line(3, {});

const eth1 = (more: Partial<InterfaceState> & { at?: readonly string[] } = {}): InterfaceState => {
  const { at = ['10.0.0.1', '2001:db8::1'], ...rest } = more;
  const addresses = at.map((text) => ({ ip: ip(text), isDeprecated: false, isTemporary: false }));
  return { index: 7, name: 'eth1', isUp: true, isRunning: true, addresses, ...rest };
};

class World {
  readonly links = new LineLinks();
  bindable = false;
  now = 0;

  constructor(...lines: readonly ReturnType<typeof line>[]) {
    this.links.setLines(lines);
  }

  /** Returns whether anything has changed. `undefined`: there is no eth1. */
  look(seen: InterfaceState | undefined): boolean {
    const has = (address: Uint8Array): boolean =>
      seen?.addresses.some((one) => formatIp(one.ip) === formatIp(address)) ?? false;
    const homes = this.links.wanted.ips.map((address) => (has(address) ? seen : undefined));
    const interfaces = new Map(seen === undefined ? [] : [['eth1', seen]]);
    return this.links.look({ interfaces, homes }, () => this.bindable, this.now);
  }

  get faults(): readonly string[] {
    return this.links.links.map(({ fault, at }) => (fault === undefined ? 'up' : faultText(fault, at)));
  }

  get news(): readonly number[] {
    return this.links.links.map(({ news }) => news);
  }
}

test('lines with an interface or a source address have a link, and no others', () => {
  assert.equal(new World(NOWHERE).links.isEmpty, true);
  const { links } = new World(AUTO, PLAIN, FIXED, NOWHERE);
  assert.deepEqual(links.wanted, { names: ['eth1'], ips: [ip('10.0.0.1')] });
  assert.deepEqual(links.families, { ipv4: true, ipv6: true });
  assert.deepEqual(new World(FIXED).links.families, { ipv4: true, ipv6: false });
});

test('a link goes with its interface, its switch, its carrier and its address', () => {
  const world = new World(AUTO, PLAIN, FIXED);
  assert.equal(world.look(eth1()), true);
  assert.deepEqual([world.look(eth1()), world.faults], [false, ['up', 'up', 'up']]);
  world.look(eth1({ isRunning: false }));
  assert.deepEqual(world.faults, new Array(3).fill('the link of eth1 is down'));
  world.look(eth1({ isUp: false, isRunning: false }));
  assert.deepEqual(world.faults, new Array(3).fill('the interface eth1 is switched off'));
  const noAddress = 'the interface eth1 has no address';
  world.look(eth1({ at: ['fe80::1'] }));
  assert.deepEqual(world.faults, [noAddress, noAddress, '10.0.0.1 is no address of this machine']);
  world.look(undefined);
  const absent = 'this machine has no interface eth1';
  assert.deepEqual(world.faults, [absent, absent, '10.0.0.1 is no address of this machine']);
  world.bindable = true;
  world.look(eth1({ at: ['192.0.2.1'] }));
  assert.deepEqual(world.faults, ['up', 'up', 'up']);
});

test('a tunnel without any address is no fault, unless its address is to be the source', () => {
  const world = new World(AUTO, PLAIN);
  world.look(eth1({ at: [] }));
  assert.deepEqual(world.faults, ['the interface eth1 has no address', 'up']);
});

test('"auto" has the present addresses, and follows them', () => {
  const world = new World(AUTO, PLAIN);
  const present = (): unknown => world.links.links.map(({ ip4, ip6 }) => [ip4, ip6].map((one) => one && formatIp(one)));
  world.look(eth1());
  assert.deepEqual(present(), [
    ['10.0.0.1', '2001:db8::1'],
    [undefined, undefined],
  ]);
  assert.equal(world.look(eth1({ at: ['10.0.0.9'] })), true);
  assert.deepEqual(present(), [
    ['10.0.0.9', undefined],
    [undefined, undefined],
  ]);
});

test('a line is worth trying when its link comes up, or has another address, interface or default route', () => {
  const world = new World(PLAIN);
  world.look(eth1());
  assert.deepEqual(world.news, [0]);
  world.look(eth1({ isRunning: false }));
  world.look(eth1());
  assert.deepEqual(world.news, [1]);
  world.look(eth1({ at: ['10.0.0.2'] }));
  assert.deepEqual(world.news, [2]);
  world.look(eth1({ at: [] }));
  world.look(eth1({ at: ['10.0.0.2'], index: 8 }));
  assert.deepEqual(world.news, [3]);
  assert.equal(world.links.concerns({ kind: 'route', interface: 7, prefix: 0 }), false);
  assert.equal(world.links.concerns({ kind: 'route', interface: 8, prefix: 0 }), true);
  assert.equal(world.look(eth1({ at: ['10.0.0.2'], index: 8 })), true);
  assert.deepEqual(world.news, [4]);
  assert.equal(world.look(eth1({ at: ['10.0.0.2'], index: 8 })), false);
});

test('routes that come and go all the time make a line worth trying four times, and then every ten seconds', () => {
  const world = new World(PLAIN);
  world.look(eth1());
  for (let i = 0; i < 1000; i += 1) {
    world.now += 100;
    world.links.concerns({ kind: 'route', interface: 7, prefix: 0 });
    world.look(eth1());
  }
  assert.deepEqual(world.news, [4 + 9]);
});

test('only a change of its own is a reason to look', () => {
  const world = new World(PLAIN, FIXED);
  world.look(eth1());
  const { links } = world;
  const other = (at: string) => ({ kind: 'address', interface: 9, ip: ip(at) }) as const;
  assert.equal(links.concerns({ kind: 'interface', index: 9, name: 'veth9' }), false);
  assert.equal(links.concerns({ kind: 'interface', index: 9, name: 'eth1' }), true);
  assert.equal(links.concerns({ kind: 'interface', index: 7, name: 'renamed' }), true);
  assert.equal(links.concerns(other('10.0.0.2')), false);
  assert.equal(links.concerns(other('10.0.0.1')), true);
  assert.equal(links.concerns({ ...other('10.0.0.2'), interface: 7 }), true);
  world.look(undefined);
  assert.equal(links.concerns({ kind: 'interface', index: 9, name: 'veth9' }), true, 'it may be called so, too');
});

test('lines that stay keep what is known of them, and what the kernel does not tell is no fault', () => {
  const world = new World(AUTO, PLAIN);
  world.look(eth1());
  world.look(eth1({ isRunning: false }));
  world.links.setLines([PLAIN, NOWHERE]);
  assert.deepEqual(world.faults, ['the link of eth1 is down']);
  const blind = new World(AUTO, PLAIN, FIXED);
  blind.links.unknown();
  assert.deepEqual(blind.faults, ['the interface eth1 has no address', 'up', 'up']);
});

test('what has happened to a link, for those who judge its line', () => {
  const up = { line: 1, fault: undefined, at: 'eth1', news: 0, ip4: undefined, ip6: undefined };
  const down = { ...up, fault: 'no-carrier' } as const;
  assert.equal(linkEvent(undefined, up), undefined);
  assert.deepEqual(linkEvent(undefined, down), { kind: 'link', line: 1, up: false });
  assert.equal(linkEvent(down, { ...down, fault: 'absent' }), undefined);
  assert.deepEqual(linkEvent(down, up), { kind: 'link', line: 1, up: true });
  assert.equal(linkEvent(up, { ...up, ip4: ip('10.0.0.1') }), undefined);
  assert.deepEqual(linkEvent(up, { ...up, news: 1 }), { kind: 'link', line: 1, up: true });
});
