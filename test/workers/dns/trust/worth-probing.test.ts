// The probe asks only where its findings can matter for a connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../../../src/protocol/lines/line.js';
import type { Nameserver } from '../../../../src/protocol/options.js';
import { Trust } from '../../../../src/workers/dns/trust/trust.js';
import { worthProbing } from '../../../../src/workers/dns/trust/worth-probing.js';
import { defaultOptions } from '../../../helpers/default-options.js';

const line = (...hosts: string[]) =>
  lineOf(
    0,
    'line',
    { ip: undefined, port: 0 },
    hosts.map((host) => ({ kind: 'socks5', host, port: 1080, username: undefined, password: undefined })),
  );
const DIRECT = line();
const PROXY = line('192.0.2.1', 'second.test');
const NAMED_PROXY = line('proxy.test');

function server(id: string, via?: string): Nameserver {
  const kind = id.split(':')[0] as Nameserver['kind'];
  return { kind, id: `${id}${via ?? ''}`, host: '192.0.2.53', port: 53, path: '', via };
}
const UDP = server('udp://192.0.2.53');
const SYSTEM = server('system');
const TCP = server('tcp://192.0.2.53');
const BEYOND = server('tcp://192.0.2.53', 'line');
const DOT = server('tls://192.0.2.53');
const DOH = server('https://dns.test/dns-query');

for (const [what, lines, nameservers, probed, network] of [
  ['a direct line and a server in the clear', [DIRECT, PROXY], [UDP], [UDP], true],
  ['a direct line and the machine’s servers', [DIRECT], [SYSTEM], [SYSTEM], true],
  ['a proxy given by its name', [NAMED_PROXY], [UDP], [UDP], true],
  ['proxies given by their addresses', [PROXY, PROXY], [UDP, SYSTEM], [], false],
  ['servers whose certificates are verified', [DIRECT], [DOT, DOH], [], false],
  ['such servers with one in the clear beside them', [DIRECT], [DOT, UDP, DOH], [UDP], true],
  ['a server beyond a line', [DIRECT], [BEYOND], [BEYOND], false],
  ['a server over TCP', [DIRECT], [TCP], [TCP], false],
] as const) {
  test(`what is probed: ${what}`, () => {
    const worth = worthProbing({ lines, nameservers, nameservers_backup: nameservers });
    assert.deepEqual(worth, { servers: probed, network });
  });
}

test('where all lines begin with proxies given by their addresses, no probe asks anything', async () => {
  const { dns, ...defaults } = defaultOptions();
  const options = { ...defaults, lines: [PROXY], nameservers: [UDP] };
  const probe = { ...dns.probe, enabled: 'on' } as const;
  const trust = new Trust(
    { ...options, dns: { ...dns, probe } },
    { ask: () => assert.fail('a server was asked'), warn: () => {} },
  );
  trust.start();
  await trust.probedOnce;
  assert.deepEqual(trust.probed, { probes: 0, found: 0, intercepted: 0 });
  await trust.stop();
});
