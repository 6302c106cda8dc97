// Clients that others wrote fetch through the gateway: curl and the `socks` package.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { SocksClient } from 'socks';
import { DnsServer } from '../helpers/dns-server.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { missing } from '../helpers/proxies.js';
import { echoServer, httpServer } from '../helpers/servers.js';
import { Peer } from '../helpers/socks-peer.js';

const run = promisify(execFile);
const withoutCurl = missing('curl');

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-sS', '--max-time', '10', ...args]);
  return stdout;
}

if (withoutCurl !== undefined) test('curl fetches through the gateway', { skip: withoutCurl }, () => {});
else {
  inBothEngines('curl fetches over IPv4, IPv6 and names, resolved by either side', async (world) => {
    const four = world.use(await httpServer('127.0.0.1'));
    const six = world.use(await httpServer('::1'));
    const dns = world.use(await DnsServer.start({ 'both.test': { A: ['127.0.0.1'], AAAA: ['::1'] } }));
    const { port } = await world.gateway({ nameservers: `127.0.0.1:${dns.port}` });
    const proxy = `127.0.0.1:${port}`;
    for (const flag of ['--socks5', '--socks5-hostname']) {
      assert.equal(await curl(flag, proxy, `http://127.0.0.1:${four.port}/four`), 'GET /four ');
      assert.equal(await curl(flag, proxy, `http://[::1]:${six.port}/six`), 'GET /six ');
    }
    assert.equal(await curl('--socks5-hostname', proxy, `http://both.test:${four.port}/a`), 'GET /a ');
    assert.equal(await curl('--socks5-hostname', proxy, `http://Both.TEST:${six.port}/b`), 'GET /b ');
    const body = 'x'.repeat(100_000);
    const answer = await curl('--socks5', proxy, '-d', body, `http://localhost:${four.port}/post`);
    assert.equal(answer, `POST /post ${body}`);
  });

  inBothEngines('names are resolved by the system where nothing else is configured', async (world) => {
    const server = world.use(await httpServer('127.0.0.1'));
    const { port } = await world.shared();
    assert.equal(await curl('--socks5-hostname', `127.0.0.1:${port}`, `http://localhost:${server.port}/`), 'GET / ');
  });
}

inBothEngines('the socks package connects and its socket works', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared();
  const { socket } = await SocksClient.createConnection({
    proxy: { host: '127.0.0.1', port: gateway.port, type: 5 },
    command: 'connect',
    destination: { host: '127.0.0.1', port: server.port },
  });
  const peer = world.use(new Peer(socket));
  socket.resume();
  peer.send('hello');
  assert.equal((await peer.read(5)).toString(), 'hello');
  peer.end();
  assert.equal(await peer.ended(), 'eof');
});
