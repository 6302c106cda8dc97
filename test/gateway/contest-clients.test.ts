// Real TLS clients besides Node's own, with a line that says "connected" and then nothing: curl and openssl s_client get
// their answer from the line that works, and see nothing of the other.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { promisify } from 'node:util';
import { certificateFor, whyNoCertificate } from '../helpers/certificate.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { type LinePair, linePair } from '../helpers/line-pairs.js';
import { missing } from '../helpers/proxies.js';
import { TestServer } from '../helpers/servers.js';
import { type Destination, through } from '../helpers/socks-client.js';
import { TLS_NAME, tlsServer } from '../helpers/tls-server.js';
import { TrickTls } from '../helpers/tls-trick.js';

const run = promisify(execFile);

/** The silent line is connected first, since the good one waits until the other has a connection. */
async function besideSilence(world: World): Promise<LinePair & { wrong: TrickTls }> {
  const wrong = world.use(await TrickTls.listen('silent'));
  const pair = await linePair(world);
  const [bad, good] = pair.lines;
  bad.trick = { early: wrong.port };
  good.trick = { after: () => new Promise((go) => setTimeout(go, 60)) };
  return { ...pair, wrong };
}

inBothEngines(
  'curl fetches over HTTPS',
  async (world) => {
    const server = createHttpsServer(certificateFor(TLS_NAME), (_, response) => response.end('hello'));
    const { port } = world.use(await TestServer.of(server));
    const { gateway, domain, wrong } = await besideSilence(world);
    for (const versions of [['--tlsv1.2', '--tls-max', '1.2'], ['--tlsv1.3']]) {
      const proxy = ['--socks5-hostname', `127.0.0.1:${gateway.port}`];
      const own = ['--silent', '--show-error', '--insecure', '--max-time', '15', ...versions];
      // Another name each time: a first contact.
      const { stdout } = await run('curl', [...own, ...proxy, `https://${versions.length}.${domain}:${port}/`]);
      assert.equal(stdout, 'hello');
    }
    assert.equal(wrong.hellos.length, 2);
  },
  30_000,
  whyNoCertificate() ?? missing('curl'),
);

inBothEngines(
  'openssl s_client speaks to the server that answers',
  async (world) => {
    const server = world.use(await tlsServer());
    const { gateway, domain, wrong } = await besideSilence(world);
    const forward = world.use(await forwarder(gateway.port, { host: domain, port: server.port }));
    const args = ['s_client', '-connect', `127.0.0.1:${forward.port}`, '-servername', TLS_NAME, '-quiet'];
    const client = spawn('openssl', [...args, '-verify_quiet'], { stdio: ['pipe', 'pipe', 'ignore'] });
    world.use({ close: () => client.kill('SIGKILL') });
    client.stdin.write('over openssl\n');
    const [said] = (await once(client.stdout, 'data')) as [Buffer];
    assert.equal(said.toString(), 'over openssl\n');
    client.stdin.end();
    client.kill();
    assert.deepEqual([wrong.hellos.length, server.handshakes], [1, 1]);
  },
  30_000,
  whyNoCertificate(),
);

/** s_client speaks no SOCKS: a port from which every connection goes through the gateway. */
function forwarder(gatewayPort: number, destination: Destination): Promise<TestServer> {
  return TestServer.listen(async (socket) => {
    const way = await through(gatewayPort, destination);
    way.socket.removeAllListeners('data');
    socket.pipe(way.socket).pipe(socket);
    socket.on('close', () => way.close());
  });
}
