// Where datagrams for a proxy go, by what it says in its reply and by where it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEndpoint, parseIp } from '../../../src/protocol/address/address.js';
import { relayAddress } from '../../../src/protocol/outbound/relay-address.js';

const ipOf = (text: string): Uint8Array => {
  const ip = parseIp(text);
  assert.ok(ip !== undefined, text);
  return ip;
};

function at(told: string, proxy: string, port = 4000): string | undefined {
  // A mapped address comes from a proxy as 16 bytes.
  const mapped = told.startsWith('::ffff:') ? Uint8Array.of(...Array(10).fill(0), 255, 255, ...ipOf(told)) : ipOf(told);
  const place = { host: proxy, ip: parseIp(proxy) };
  const relay = relayAddress({ ip: mapped, port }, place);
  return relay && formatEndpoint(relay.host, relay.port);
}

for (const [what, told, proxy, expected] of [
  ['a public address', '93.184.216.34', '198.41.0.4', '93.184.216.34:4000'],
  ['a public address of the other family', '2606:4700::1', '198.41.0.4', '[2606:4700::1]:4000'],
  ['a public address, told by a proxy on this machine', '93.184.216.34', '127.0.0.1', '93.184.216.34:4000'],
  ['a mapped address', '::ffff:93.184.216.34', '198.41.0.4', '93.184.216.34:4000'],
  ['no address', '0.0.0.0', '198.41.0.4', '198.41.0.4:4000'],
  ['no address of the other family', '::', '198.41.0.4', '198.41.0.4:4000'],
  ['no address, by a proxy with a name', '0.0.0.0', 'proxy.example', 'proxy.example:4000'],
  ['a private address of a public proxy', '10.0.0.9', '198.41.0.4', '198.41.0.4:4000'],
  ['a private address of the network of the proxy', '10.0.7.9', '10.0.0.1', '10.0.7.9:4000'],
  ['a private address of another network', '172.17.0.2', '192.168.1.10', '192.168.1.10:4000'],
  ['a private address, told by a proxy on this machine', '172.17.0.2', '127.0.0.1', '172.17.0.2:4000'],
  ['a private address of a proxy with a name', '10.0.0.9', 'proxy.example', 'proxy.example:4000'],
  ['a public address of a proxy with a name', '93.184.216.34', 'proxy.example', '93.184.216.34:4000'],
  ['loopback of a proxy elsewhere', '127.0.0.1', '198.41.0.4', '198.41.0.4:4000'],
  ['loopback of a proxy on this machine', '127.0.0.2', '127.0.0.1', '127.0.0.2:4000'],
  ['loopback of IPv6', '::1', '2606:4700::1', '[2606:4700::1]:4000'],
  ['loopback of IPv6 on this machine', '::1', '::1', '[::1]:4000'],
  ['an address that stands for a private one', '64:ff9b::10.0.0.9', '198.41.0.4', '198.41.0.4:4000'],
  ['link-local', '169.254.169.254', '169.254.1.1', '169.254.1.1:4000'],
  ['link-local of IPv6', 'fe80::1', 'fd00::1', '[fd00::1]:4000'],
  ['unique local of the same network', 'fd00:1:2::9', 'fd00:1:2:3::1', '[fd00:1:2::9]:4000'],
  ['unique local of another network', 'fd00:9:2::9', 'fd00:1:2:3::1', '[fd00:1:2:3::1]:4000'],
  ['multicast', '224.0.0.1', '224.0.0.9', '224.0.0.9:4000'],
  ['broadcast', '255.255.255.255', '192.168.1.1', '192.168.1.1:4000'],
  ['multicast of IPv6', 'ff02::1', '::1', '[::1]:4000'],
] as const)
  test(`a proxy tells ${what}`, () => assert.equal(at(told, proxy), expected));

test('nothing is sent to port 0', () => {
  assert.equal(at('93.184.216.34', '198.41.0.4', 0), undefined);
  assert.equal(at('0.0.0.0', '198.41.0.4', 0), undefined);
});
