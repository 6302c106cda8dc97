// First contacts with hosts of one site: the line that works for one host goes first for the next, and saves the other lines' dials.
import assert from 'node:assert/strict';
import { DnsServer, type Host } from '../helpers/dns-server.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TestServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';

const HOSTS = 250;

inBothEngines(
  'once a site is known, its next hosts are dialled over the line that works, and no other',
  async (world) => {
    const server = world.use(await TestServer.listen((socket) => socket.end('site'), '0.0.0.0'));
    const zones: Record<string, Host> = {};
    // In networks of their own.
    for (let host = 0; host < HOSTS; host += 1) zones[`h${host}.site.test`] = { A: [`127.1.${host}.1`] };
    const dns = world.use(await DnsServer.start(zones));
    const gateway = await world.gateway({
      ...{ nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1, log_level: 'debug' },
      upstream: ['direct', { type: 'direct', source_ip: '127.0.0.9' }],
    });
    let spared = 0;
    // The name of the site comes a moment after its first host.
    for (let host = 0; host < HOSTS && spared < 10; host += 1) {
      const target = { host: `h${host}.site.test`, port: server.port };
      const { peer } = await dial(gateway.port, target);
      assert.equal((await peer.read(4)).toString(), 'site');
      peer.close();
      const { attempts, why } = await gateway.connection(target);
      const tried = (attempts as readonly unknown[]).length;
      assert.ok(host > 0 || tried === 2, 'nothing is known of the first one');
      if (tried === 1) assert.equal(why, 'hinted');
      spared = tried === 1 ? spared + 1 : 0;
    }
    assert.equal(spared, 10);
  },
);
