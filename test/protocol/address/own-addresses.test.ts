// The machine's own addresses: how often the kernel is asked, and for what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { type IpRange, parseIpRange } from '../../../src/protocol/address/ip-range.js';
import { type Machine, OwnAddresses } from '../../../src/protocol/address/own-addresses.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;

class FakeMachine implements Machine {
  networksNow: readonly string[] | undefined = ['192.0.2.9', '198.51.100.0/24', '2001:db8:1::/64'];
  bindable: (address: string) => boolean = () => false;
  time = 0;
  readMs = 0;
  reads = 0;
  binds = 0;

  now(): number {
    return this.time;
  }

  networks(): readonly IpRange[] | undefined {
    this.reads += 1;
    this.time += this.readMs;
    return this.networksNow?.map((text) => parseIpRange(text) as IpRange);
  }

  canBind(address: Uint8Array): boolean {
    this.binds += 1;
    return this.bindable(formatIp(address));
  }
}

function world() {
  const machine = new FakeMachine();
  const own = new OwnAddresses(machine);
  return { machine, own, has: (text: string) => own.has(ip(text)), hasNow: (text: string) => own.hasNow(ip(text)) };
}

test('addresses and networks of both families are the machine’s, each in its own form alone', () => {
  const { has } = world();
  for (const address of ['192.0.2.9', '198.51.100.0', '198.51.100.255', '2001:db8:1::', '2001:db8:1::ffff'])
    assert.equal(has(address), true, address);
  for (const address of ['192.0.2.8', '198.51.101.0', '2001:db8:1:1::', '64:ff9b::c000:209', '2002:c000:209::'])
    assert.equal(has(address), false, address);
});

test('the kernel is asked once a second, whatever is asked here, and only when something is', () => {
  const { machine, has } = world();
  for (let address = 0; address < 1000; address += 1) has(`10.0.${address >> 8}.${address & 255}`);
  assert.deepEqual([machine.reads, machine.binds], [1, 0]);
  machine.networksNow = ['10.0.0.1'];
  machine.time = 999;
  assert.equal(has('10.0.0.1'), false);
  machine.time = 1000;
  assert.equal(has('10.0.0.1'), true);
  assert.equal(has('192.0.2.9'), false);
  assert.equal(machine.reads, 2);
});

test('where reading takes long, it takes a hundredth of the time', () => {
  const { machine, has } = world();
  machine.readMs = 50;
  has('10.0.0.1');
  machine.time = 5049;
  has('10.0.0.1');
  assert.equal(machine.reads, 1);
  machine.time = 5050;
  has('10.0.0.1');
  assert.equal(machine.reads, 2);
});

test('a new address is known at once where it is asked for like that', () => {
  const { machine, has, hasNow } = world();
  assert.equal(hasNow('10.0.0.1'), false);
  machine.bindable = (address) => address === '10.0.0.1';
  assert.equal(hasNow('10.0.0.1'), true);
  assert.equal(has('10.0.0.1'), false);
  assert.equal(hasNow('198.51.100.7'), true);
});

test('where any address can be bound, that says nothing', () => {
  const { machine, hasNow } = world();
  machine.bindable = () => true;
  for (const address of ['10.0.0.1', '2001:db8:2::1']) assert.equal(hasNow(address), false);
  machine.bindable = (address) => !address.includes(':');
  assert.equal(hasNow('10.0.0.1'), false);
});

test('where the kernel does not tell its networks, each address is tried', () => {
  const { machine, has } = world();
  machine.networksNow = undefined;
  machine.bindable = (address) => address === '10.0.0.1' || address === '2001:db8:2::1';
  assert.deepEqual(['10.0.0.1', '10.0.0.2', '2001:db8:2::1', '2001:db8:2::2'].map(has), [true, false, true, false]);
  assert.equal(machine.reads, 1);
  machine.networksNow = ['10.0.0.2'];
  machine.time = 1000;
  assert.deepEqual(['10.0.0.1', '10.0.0.2'].map(has), [false, true]);
});

test('an address of a group is nobody’s own, although it can be bound and stands among the networks', () => {
  const { machine, has, hasNow } = world();
  machine.bindable = (address) => !address.startsWith('192.0.2') && !address.startsWith('2001:db8');
  machine.networksNow = ['224.0.0.1', 'ff02::1', '10.0.0.1'];
  for (const address of ['224.0.0.1', '239.1.2.3', 'ff02::1', 'ff05::2']) {
    assert.deepEqual([has(address), hasNow(address)], [false, false], address);
  }
  assert.equal(has('10.0.0.1'), true);
  machine.networksNow = undefined;
  machine.time = 2000;
  assert.deepEqual([has('224.0.0.1'), has('240.0.0.1'), has('223.0.0.1')], [false, true, true]);
});
