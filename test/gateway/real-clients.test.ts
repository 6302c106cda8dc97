// Clients that others wrote fetch through the gateway: curl, nc, PySocks, requests and the `socks` package.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
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

  inBothEngines('curl fetches by SOCKS4 and SOCKS4a', async (world) => {
    const four = world.use(await httpServer('127.0.0.1'));
    const proxy = `127.0.0.1:${(await world.shared()).port}`;
    for (const flag of ['--socks4', '--socks4a']) {
      assert.equal(await curl(flag, proxy, `http://127.0.0.1:${four.port}/four`), 'GET /four ');
      assert.equal(await curl(flag, proxy, `http://localhost:${four.port}/local`), 'GET /local ');
    }
  });

  inBothEngines('curl fetches with a password that nobody asks for', async (world) => {
    const four = world.use(await httpServer('127.0.0.1'));
    const proxy = `127.0.0.1:${(await world.shared()).port}`;
    for (const more of [[], ['--socks5-basic']]) {
      const login = ['--proxy-user', 'alice:secret', ...more];
      assert.equal(await curl('--socks5-hostname', proxy, ...login, `http://127.0.0.1:${four.port}/c`), 'GET /c ');
    }
  });

  inBothEngines('names are resolved by the system where nothing else is configured', async (world) => {
    const server = world.use(await httpServer('127.0.0.1'));
    const { port } = await world.shared();
    assert.equal(await curl('--socks5-hostname', `127.0.0.1:${port}`, `http://localhost:${server.port}/`), 'GET / ');
  });
}

const PROXIES = [
  ['SOCKS5', { type: 5 }, '127.0.0.1'],
  ['SOCKS5 with a password', { type: 5, userId: 'alice', password: 'secret' }, '127.0.0.1'],
  ['SOCKS4', { type: 4 }, '127.0.0.1'],
  ['SOCKS4 with a user id', { type: 4, userId: 'alice' }, '127.0.0.1'],
  ['SOCKS4a', { type: 4 }, 'localhost'],
] as const;

for (const [what, proxy, host] of PROXIES) {
  inBothEngines(`the socks package connects by ${what}, and its socket works`, async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.shared();
    const { socket } = await SocksClient.createConnection({
      proxy: { host: '127.0.0.1', port: gateway.port, ...proxy },
      command: 'connect',
      destination: { host, port: server.port },
    });
    const peer = world.use(new Peer(socket));
    socket.resume();
    peer.send('hello');
    assert.equal((await peer.read(5)).toString(), 'hello');
    peer.end();
    assert.equal(await peer.ended(), 'eof');
  });
}

/** Debian's netcat-openbsd; other netcats have no proxies. */
const withoutNetcat =
  missing('nc') ?? (/-X proxy/.test(spawnSync('nc', ['-h'], { encoding: 'utf8' }).stderr) ? undefined : 'nc has no -X');

if (withoutNetcat !== undefined) test('nc -X connects', { skip: withoutNetcat }, () => {});
else {
  inBothEngines('nc connects by SOCKS4, SOCKS5 and HTTP', async (world) => {
    const server = world.use(await echoServer());
    const { port } = await world.shared();
    for (const protocol of ['4', '5', 'connect']) {
      const proxy = ['-N', '-X', protocol, '-x', `127.0.0.1:${port}`];
      const running = run('nc', [...proxy, '127.0.0.1', String(server.port)], { timeout: 10_000 });
      running.child.stdin?.end('hello');
      assert.equal((await running).stdout, 'hello');
    }
  });
}

/** A Python that has these modules: the first one, or that of the system, for which Debian has them. */
function pythonWith(...modules: readonly string[]): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0,
  );
}

const PYSOCKS = `
import socks, sys
port, kind, host, far = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
s = socks.socksocket()
name, password = ('alice', 'secret') if kind == 'password' else (None, None)
kinds = {'4': socks.SOCKS4, '5': socks.SOCKS5, 'password': socks.SOCKS5, 'http': socks.HTTP}
s.set_proxy(kinds[kind], '127.0.0.1', port, True, name, password)
s.settimeout(10)
s.connect((host, far))
s.sendall(b'hello')
sys.stdout.write(s.recv(5).decode())
`;
const pythonOfSocks = pythonWith('socks');

inBothEngines(
  'PySocks connects by SOCKS4, SOCKS4a, SOCKS5 and HTTP, with a password too',
  async (world) => {
    const server = world.use(await echoServer());
    const { port } = await world.shared();
    for (const kind of ['4', '5', 'password', 'http']) {
      for (const host of ['127.0.0.1', 'localhost']) {
        const args = ['-c', PYSOCKS, String(port), kind, host, String(server.port)];
        const { stdout } = await run(pythonOfSocks ?? '', args);
        assert.equal(stdout, 'hello', `${kind} ${host}`);
      }
    }
  },
  60_000,
  pythonOfSocks === undefined ? 'PySocks is not installed' : undefined,
);

const REQUESTS = `
import requests, sys
port, *proxies = sys.argv[1:]
for proxy in proxies:
    # By the others, it resolves names itself.
    host = 'localhost' if proxy.split(':')[0] in ('http', 'socks5h', 'socks4a') else '127.0.0.1'
    print(requests.post(f'http://{host}:{port}/a', data=proxy, proxies={'http': proxy}, timeout=10).text)
`;
const pythonOfRequests = pythonWith('socks', 'requests');

for (const [who, login, schemes] of [
  ['', '', ['http', 'socks5', 'socks5h', 'socks4', 'socks4a']],
  [' with a password', 'alice:sekrit@', ['http', 'socks5', 'socks5h']],
] as const) {
  inBothEngines(
    `requests asks by ${schemes.join(', ')}${who}`,
    async (world) => {
      const server = world.use(await httpServer('127.0.0.1'));
      const users = login === '' ? {} : { users: { alice: { password: 'sekrit' } } };
      const { port } = await world.shared(users);
      const proxies = schemes.map((scheme) => `${scheme}://${login}127.0.0.1:${port}`);
      const args = ['-c', REQUESTS, String(server.port), ...proxies];
      const { stdout } = await run(pythonOfRequests ?? '', args, { env: { PATH: process.env['PATH'] } });
      assert.equal(stdout, proxies.map((proxy) => `POST /a ${proxy}\n`).join(''));
    },
    60_000,
    pythonOfRequests === undefined ? 'requests and PySocks are not installed' : undefined,
  );
}
