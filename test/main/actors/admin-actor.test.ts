// The admin actor's death: clients of the proxy notice nothing, and whoever asks meanwhile is answered by the next one.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { gatewayAdmin } from '../../../src/main/gateway/admin.js';
import { startGateway } from '../../../src/main/gateway/gateway.js';
import type { Gateway } from '../../../src/main/gateway/running.js';
import { RecentLines } from '../../../src/main/process/recent-lines.js';
import { askAdmin } from '../../helpers/admin.js';
import { captureLog } from '../../helpers/capture-log.js';
import { FAULTS } from '../../helpers/faults.js';
import { adminGoesWrong, FAULTY_ADMIN } from '../../helpers/faulty-admin.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';
import { echoServer } from '../../helpers/servers.js';
import { through } from '../../helpers/socks-client.js';
import { until } from '../../helpers/until.js';

const fds = (): number => readdirSync('/proc/self/fd').length;
const SERVING = 'admin: serving at ';
/** Only one that spins is found by checks. On a busy machine short ones would take a slow connection actor for stuck, too. */
const TUNING = { throw: {}, exit: {}, spin: { check_ms: 1500 } } as const;

for (const fault of FAULTS) {
  test(`an admin actor that goes wrong by ${fault} is started again at the same place`, async () => {
    const echo = await echoServer();
    const before = fds();
    const { log, records } = captureLog();
    const options = gatewayOptions({ workers: 1 });
    const listen = { kind: 'internet', host: '127.0.0.1', port: 0 } as const;
    const asked = { ...options, admin: { ...options.admin, listen } };
    let gateway: Gateway | undefined;
    const lines = new RecentLines();
    const admin = gatewayAdmin({
      log: { recentLines: () => lines },
      ...{ gateway: () => gateway, isDraining: () => false, reloading: () => undefined },
      reload: async () => ({ code: 'refused', problems: [], warnings: [] }),
    });
    const started = await startGateway(asked, log, { entries: { admin: FAULTY_ADMIN }, ...TUNING[fault] }, { admin });
    assert.ok(started.code === 'started', JSON.stringify(started));
    gateway = started.gateway;
    const place = records.find(({ msg }) => msg.startsWith(SERVING))?.msg.slice(SERVING.length) ?? '';
    const ready = async (): Promise<void> => {
      const { status, body } = await askAdmin(place, '/readyz');
      assert.deepEqual([status, body], [200, '{"status":"ready"}']);
    };
    await ready();
    const client = await through(gateway.address.port, { host: '127.0.0.1', port: echo.port });
    adminGoesWrong(fault);
    await until('main knows', () => records.some(({ msg }) => msg === 'actor died, starting it again'), 20_000);
    // The socket is main's: this waits in its backlog. The options, rules and ports to the others are those of before.
    await ready();
    assert.equal((await askAdmin(place, '/proxy.pac')).status, 200);
    client.send('x');
    assert.equal((await client.read(1)).toString(), 'x');
    client.close();
    await gateway.close(0);
    await until('all fds are closed', () => fds() <= before);
    await echo.close();
  });
}
