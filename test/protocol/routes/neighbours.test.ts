// Which destinations are of one site or one network, as far as their sites are known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { destinationKey, siteKey } from '../../../src/protocol/routes/destination-key.js';
import { Neighbours } from '../../../src/protocol/routes/neighbours.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;

test('hosts of a site are neighbours once the name of the site is known, whatever came first', () => {
  const neighbours = new Neighbours();
  neighbours.add('www.example.co.uk:443');
  assert.deepEqual(neighbours.ofSite('api.example.co.uk'), []);
  neighbours.learn(['example.co.uk']);
  neighbours.add('example.co.uk:443');
  neighbours.add('a.b.example.co.uk.:443');
  assert.deepEqual(neighbours.ofSite('api.example.co.uk'), [
    'www.example.co.uk:443',
    'example.co.uk:443',
    'a.b.example.co.uk.:443',
  ]);
  for (const host of ['example.co.uk.evil.test', 'co.uk', 'other.co.uk', 'xexample.co.uk', 'uk'])
    assert.deepEqual(neighbours.ofSite(host), [], host);
});

test('a site below another one is its own: tenants of a hoster are no neighbours', () => {
  const neighbours = new Neighbours();
  neighbours.learn(['github.com', 'alice.github.io', 'bob.github.io']);
  neighbours.add('alice.github.io:443');
  assert.deepEqual(neighbours.ofSite('bob.github.io'), []);
  assert.deepEqual(neighbours.ofSite('www.alice.github.io'), ['alice.github.io:443']);
});

test('addresses of one /24, or one /48 of IPv6, are neighbours', () => {
  const neighbours = new Neighbours();
  neighbours.addAddress('a.test:443', ip('192.0.2.1'));
  neighbours.addAddress('b.test:443', ip('2001:db8:1::1'));
  assert.deepEqual(neighbours.ofNetwork(ip('192.0.2.200')), ['a.test:443']);
  assert.deepEqual(neighbours.ofNetwork(ip('192.0.3.1')), []);
  assert.deepEqual(neighbours.ofNetwork(ip('2001:db8:1:ffff::9')), ['b.test:443']);
  assert.deepEqual(neighbours.ofNetwork(ip('2001:db8:2::1')), []);
});

test('what is remembered for one asker is nobody else’s hint, and addresses have no site', () => {
  const neighbours = new Neighbours();
  neighbours.learn(['example.com']);
  neighbours.add(destinationKey('www.example.com', 443, '10.0.0.1'));
  neighbours.add(siteKey('example.com', '+alice'));
  neighbours.add('[2001:db8::1]:443');
  assert.deepEqual(neighbours.ofSite('example.com'), []);
});

test('everything is bounded, and the newest stays', () => {
  const neighbours = new Neighbours();
  neighbours.learn(['example.com']);
  for (let host = 0; host < 100; host += 1) neighbours.add(`h${host}.example.com:443`);
  assert.deepEqual(
    neighbours.ofSite('example.com'),
    [96, 97, 98, 99].map((host) => `h${host}.example.com:443`),
  );
  for (let site = 0; site < 20_000; site += 1) neighbours.add(`www.site${site}.test:443`);
  for (let site = 0; site < 20_000; site += 1) neighbours.learn([`site${site}.test`]);
  assert.equal(neighbours.size, 8192);
  assert.deepEqual(neighbours.ofSite('site0.test'), []);
  assert.deepEqual(neighbours.ofSite('site19999.test'), ['www.site19999.test:443']);
});
