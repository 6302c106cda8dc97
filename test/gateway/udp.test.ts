// Datagrams through the gateway over a direct line, as its clients have them.
import assert from 'node:assert/strict';
import { DnsServer } from '../helpers/dns-server.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { UdpAssociation } from '../helpers/udp/client.js';
import { udpEcho } from '../helpers/udp/servers.js';

inBothEngines('a destination by IPv4, IPv6 and name answers, and is told as the sender', async (world) => {
  const [four, six] = [world.use(await udpEcho()), world.use(await udpEcho('::1'))];
  const dns = world.use(await DnsServer.start({ 'echo.test': { A: ['127.0.0.1'], ttl_s: 600 } }));
  const gateway = await world.gateway({
    nameservers: `127.0.0.1:${dns.port}`,
    dns: { ipv6: 'off', probe: { enabled: 'off' } },
  });
  const client = world.use(await UdpAssociation.open({ host: '127.0.0.1', port: gateway.port }));
  for (const [host, server] of [
    ['127.0.0.1', four],
    ['::1', six],
    ['echo.test', four],
  ] as const) {
    for (const text of [`to ${host}`, '', 'x'.repeat(1400)]) {
      client.send({ host, port: server.port }, text);
      const answer = await client.read();
      assert.equal(answer.bytes.toString(), text);
      assert.equal(answer.port, server.port);
      assert.equal(answer.host, host === '::1' ? '0000:0000:0000:0000:0000:0000:0000:0001' : '127.0.0.1');
    }
  }
});

inBothEngines('an association that lives at the end of the drain is reset, and its client hears it', async (world) => {
  const echo = world.use(await udpEcho());
  const gateway = await world.gateway({ drain_timeout_ms: 200, log_level: 'debug' });
  const client = world.use(await UdpAssociation.open({ host: '127.0.0.1', port: gateway.port }));
  client.send({ host: '127.0.0.1', port: echo.port }, 'before');
  assert.equal((await client.read()).bytes.toString(), 'before');
  gateway.child.kill('SIGTERM');
  await gateway.logged('stopping');
  client.send({ host: '127.0.0.1', port: echo.port }, 'meanwhile');
  assert.equal((await client.read()).bytes.toString(), 'meanwhile');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
  assert.equal(await client.over, 'ECONNRESET');
  const [record] = gateway.connections;
  assert.deepEqual([record?.ending, record?.['bytes_up'], record?.['bytes_down']], ['cut', 15, 15]);
});
