// The TLS actor's death: its connections are reset, others go on, and it is started again.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startGateway } from '../../../src/main/gateway/gateway.js';
import { type Hop, lineOf } from '../../../src/protocol/lines/line.js';
import { captureLog } from '../../helpers/capture-log.js';
import { certificateFor, whyNoCertificate } from '../../helpers/certificate.js';
import { FAULTS } from '../../helpers/faults.js';
import { FAULTY_TLS, tlsGoesWrong } from '../../helpers/faulty-tls.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';
import { TrickProxy } from '../../helpers/proxies-trick.js';
import { echoServer, PeerServer } from '../../helpers/servers.js';
import { dial, through } from '../../helpers/socks-client.js';
import { TlsFront } from '../../helpers/tls-proxy.js';
import { until } from '../../helpers/until.js';

const fds = (): number => readdirSync('/proc/self/fd').length;
const ANY = { ip: undefined, port: 0 };

for (const engine of ['uring', 'epoll'] as const) {
  for (const fault of FAULTS) {
    test(`${engine}: a TLS actor that goes wrong by ${fault} loses its connections only, and is started again`, {
      skip: whyNoCertificate() ?? false,
    }, async (t) => {
      const directory = mkdtempSync(join(tmpdir(), 'tcproute-tls-'));
      t.after(() => rmSync(directory, { recursive: true }));
      const caFile = join(directory, 'ca.pem');
      writeFileSync(caFile, certificateFor('proxy.test').cert);
      const echo = await echoServer();
      const lasting = await PeerServer.listen();
      const proxy = await TrickProxy.listen('works', 0, 'http');
      const front = await TlsFront.listen(proxy.port);
      const before = fds();
      const hop: Hop = {
        ...{ kind: 'https', host: '127.0.0.1', port: front.port, username: undefined, password: undefined },
        tls: { serverName: 'proxy.test', caFile },
      };
      const { log, records } = captureLog();
      const options = gatewayOptions({ engine, lines: [lineOf(0, 'office', ANY, [hop])], workers: 1 });
      const started = await startGateway(options, log, { entries: { tls: FAULTY_TLS }, check_ms: 750 });
      assert.ok(started.code === 'started', JSON.stringify(started));
      const { gateway } = started;
      const target = { host: '127.0.0.1', port: echo.port };
      const client = await through(gateway.address.port, target);
      client.send('x');
      await client.read(1);
      const halfClosed = await through(gateway.address.port, { host: '127.0.0.1', port: lasting.port });
      halfClosed.end();
      assert.equal(await (await lasting.accepted()).ended(), 'eof');
      tlsGoesWrong(fault);
      assert.equal(await client.ended(), 'ECONNRESET');
      assert.equal(await halfClosed.ended(), 'ECONNRESET');
      await until('main knows', () => records.some(({ msg }) => msg === 'actor died, starting it again'), 20_000);
      // Until it serves again, an attempt fails at once and blames nobody.
      for (let rep = -1; rep !== 0; ) {
        const { peer, reply } = await dial(gateway.address.port, target);
        peer.close();
        rep = reply.rep;
        assert.ok(rep === 0 || rep === 1);
        await delay(20);
      }
      const again = await through(gateway.address.port, target);
      again.send('y');
      assert.equal((await again.read(1)).toString(), 'y');
      again.close();
      halfClosed.close();
      (await lasting.accepted()).close();
      await gateway.close(0);
      await until('all fds are closed', () => fds() <= before);
      await front.close();
      await proxy.close();
      await echo.close();
      await lasting.close();
    });
  }
}
