// Programs that others wrote send datagrams through the gateway: PySocks by itself, dig, iperf3 and gtlsclient over the shim.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { untilListening } from '../helpers/gateway-sockets.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort, missing } from '../helpers/proxies.js';
import { fetchByQuic } from '../helpers/quic/client.js';
import { QUIC_TEXT, QuicServer, withoutQuic } from '../helpers/quic/server.js';
import { udpEcho } from '../helpers/udp/servers.js';
import { UdpShim } from '../helpers/udp/shim.js';
import { startUnbound, whyNoUnbound } from '../helpers/unbound.js';

const run = promisify(execFile);
const BOUND = { timeout: 20_000 };

/** The system's Python, for which Debian has PySocks, or another one. */
const python = ['/usr/bin/python3', 'python3'].find((one) => spawnSync(one, ['-c', 'import socks']).status === 0);

const PYSOCKS = `
import socket, socks, sys
port, far = int(sys.argv[1]), int(sys.argv[2])
s = socks.socksocket(socket.AF_INET, socket.SOCK_DGRAM)
s.set_proxy(socks.SOCKS5, '127.0.0.1', port, True)
s.settimeout(10)
for host in '127.0.0.1', 'localhost':
    s.sendto(host.encode(), (host, far))
    data, (address, number) = s.recvfrom(100)
    print(data.decode(), address, number)
`;

inBothEngines(
  'PySocks sends to an address and to a name, and hears who answers',
  async (world) => {
    const echo = world.use(await udpEcho());
    const { port } = await world.shared();
    const { stdout } = await run(python ?? '', ['-c', PYSOCKS, String(port), String(echo.port)], BOUND);
    const from = `127.0.0.1 ${echo.port}`;
    assert.equal(stdout, `127.0.0.1 ${from}\nlocalhost ${from}\n`);
    // Both went from one port: the mapping does not depend on the destination.
    assert.equal(echo.sources.size, 1);
  },
  30_000,
  python === undefined ? 'PySocks is not installed' : undefined,
);

inBothEngines(
  'dig asks unbound by UDP, and by TCP where the answer is too long',
  async (world) => {
    const unbound = await startUnbound();
    world.use({ close: () => unbound.stop() });
    const gateway = await world.shared();
    const proxy = { host: '127.0.0.1', port: gateway.port };
    const shim = world.use(await UdpShim.open(proxy, { host: '127.0.0.1', port: unbound.port }));
    const ask = async (...question: string[]): Promise<string[]> => {
      const args = ['+short', '+tries=1', '+time=10', '@127.0.0.1', '-p', String(shim.port), ...question];
      return (await run('dig', args, BOUND)).stdout.trim().split('\n');
    };
    assert.deepEqual(await ask('a.test', 'A'), ['192.0.2.1']);
    assert.deepEqual(await ask('a.test', 'AAAA'), ['2001:db8::1']);
    assert.equal(shim.down, 2);
    assert.equal((await ask('many.test', 'A')).length, 200);
    assert.deepEqual(shim.failures, []);
  },
  30_000,
  missing('dig') ?? whyNoUnbound(),
);

/** What one socket's buffer holds, so that nothing is lost on a machine that stands still for a while. */
const PACKETS = 200;
const IPERF = ['-u', '-c', '127.0.0.1', '-b', '20M', '-l', '1200', '-w', '1M', '-k', String(PACKETS), '-J'];

interface IperfReport {
  readonly end: { readonly sum: { readonly packets: number; readonly lost_packets: number } };
}

inBothEngines(
  'iperf3 sends its datagrams up and down, and none is lost',
  async (world) => {
    const gateway = await world.shared();
    const proxy = { host: '127.0.0.1', port: gateway.port };
    for (const direction of [[], ['-R']]) {
      const port = await freePort();
      const server = spawn('iperf3', ['-s', '-1', '-B', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
      const ended = once(server, 'exit');
      world.use({ close: () => server.kill() });
      await untilListening(port);
      const shim = world.use(await UdpShim.open(proxy, { host: '127.0.0.1', port }));
      const { stdout } = await run('iperf3', [...IPERF, '-p', String(shim.port), ...direction], BOUND);
      const { packets, lost_packets } = (JSON.parse(stdout) as IperfReport).end.sum;
      assert.ok(packets >= PACKETS, stdout);
      assert.equal(lost_packets, 0, stdout);
      await ended;
    }
  },
  60_000,
  missing('iperf3'),
);

inBothEngines(
  'gtlsclient gets a file by HTTP/3, also where the server first sends a Retry',
  async (world) => {
    const gateway = await world.shared();
    for (const args of [[], ['--validate-addr']]) {
      const server = world.use(await QuicServer.start(args));
      const shim = world.use(await UdpShim.open({ host: '127.0.0.1', port: gateway.port }, server));
      const { text, output } = await fetchByQuic(shim);
      assert.equal(text, QUIC_TEXT, output);
    }
  },
  60_000,
  withoutQuic(),
);
