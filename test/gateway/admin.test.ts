// The gateway as it is looked at: where it listens, and what becomes of that place over a reload and an upgrade.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { root } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { evaluatedPac } from '../helpers/pac.js';
import { freePort } from '../helpers/proxies.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { UpgradedGateway } from '../helpers/upgraded-gateway.js';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

inBothEngines('the gateway is looked at by HTTP at the place of admin.listen', async (world) => {
  const gateway = await world.gateway({ admin: { listen: '127.0.0.1:0' } });
  const place = await adminPlace(gateway);
  const told = await askAdmin(place, '/api/v1/version');
  assert.deepEqual([told.status, JSON.parse(told.body)], [200, { version }]);
  assert.equal((await askAdmin(place, '/nowhere')).status, 404);
  const wrong = await askAdmin(place, '/api/v1/version?of=what');
  assert.deepEqual(
    [wrong.status, JSON.parse(wrong.body)],
    [400, { error: 'query "of" is not known; nothing is allowed' }],
  );
});

const folder = (): string => mkdtempSync(join(tmpdir(), 'tcproute-admin-'));
const statusOf = async (place: string, path: string, token?: string): Promise<number> => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await askAdmin(place, path, { headers })).status;
};

inBothEngines(
  'a reload moves the place, takes it away and brings it back, and has another token hold',
  async (world) => {
    const directory = folder();
    const [first, second] = [`unix:${join(directory, 'one')}`, `http://127.0.0.1:${await freePort()}`];
    const config = (listen: string | null, more: object = {}) => ({
      admin: { listen: listen?.replace('http://', '') ?? null, token_file: join(directory, 'token'), ...more },
    });
    const [token, another] = ['the-token-of-the-first-time', 'another-token-for-later'];
    writeFileSync(join(directory, 'token'), token);
    const gateway = await ReloadedGateway.start(world, config(first), { directory });
    assert.equal(await adminPlace(gateway.gateway), first);
    const version = '/api/v1/version';
    assert.deepEqual([await statusOf(first, version), await statusOf(first, version, token)], [401, 200]);

    await gateway.reload(config(second));
    assert.equal(await statusOf(second, version, token), 200);
    await assert.rejects(statusOf(first, version, token), { code: 'ENOENT' });

    writeFileSync(join(directory, 'token'), another);
    const told = await gateway.reload(config(second, { allow: ['127.0.0.0/8'] }));
    assert.doesNotMatch(JSON.stringify(told), /another-token/);
    assert.deepEqual([await statusOf(second, version, token), await statusOf(second, version, another)], [401, 200]);

    // A place that cannot be had changes nothing.
    const refused = await gateway.reload(config('unix:/nonexistent/admin'));
    assert.match(JSON.stringify(refused), /nonexistent/);
    assert.equal(await statusOf(second, version, another), 200);

    await gateway.reload(config(null));
    await assert.rejects(statusOf(second, version, another), { code: 'ECONNREFUSED' });
    await gateway.reload(config(first, { allow: ['192.0.2.0/24'] }));
    // Clients of a Unix socket may always come.
    assert.equal(await statusOf(first, version, another), 200);
    await gateway.reload(config(second, { allow: ['192.0.2.0/24'] }));
    await assert.rejects(statusOf(second, version, another), { code: 'ECONNRESET' });
  },
);

inBothEngines(
  'during an upgrade whoever asks is answered, and a gateway that stops says first that it drains',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await UpgradedGateway.start(world, { admin: { listen: '127.0.0.1:0' } });
    const place = await adminPlace(gateway.gateway);
    const open = world.use(await through(gateway.port, server));
    let asked = 0;
    let isOver = false;
    const asking = (async () => {
      while (!isOver) {
        const { status, body } = await askAdmin(place, '/readyz');
        assert.equal(status, 200, body);
        asked += 1;
      }
    })();
    await gateway.upgrade();
    isOver = true;
    await asking;
    assert.ok(asked > 0);
    open.end();
    await gateway.ends(gateway.pids[0] as number);
    const kept = world.use(await through(gateway.port, server));
    gateway.signal('SIGTERM');
    let answer = await askAdmin(place, '/readyz');
    while (answer.status === 200) answer = await askAdmin(place, '/readyz');
    const problems = ['it drains: no new connections, those open may finish'];
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [503, { status: 'not ready', problems }]);
    assert.equal(await statusOf(place, '/healthz'), 200);
    kept.end();
    await gateway.ends(gateway.pid);
  },
);

inBothEngines('a gateway whose only line is down is not ready, and says which', async (world) => {
  const gateway = await world.gateway({
    admin: { listen: '127.0.0.1:0' },
    upstream: { name: 'vpn', type: 'socks5', host: '127.0.0.1', port: await freePort() },
  });
  const place = await adminPlace(gateway);
  assert.equal(await statusOf(place, '/readyz'), 200);
  let answer = await askAdmin(place, '/readyz');
  while (answer.status === 200) {
    const { peer } = await dial(gateway.port, { host: '192.0.2.1', port: 443 });
    peer.close();
    answer = await askAdmin(place, '/readyz');
  }
  const problems = ['no line is left: "vpn" is down'];
  assert.deepEqual([answer.status, JSON.parse(answer.body)], [503, { status: 'not ready', problems }]);
  assert.equal(await statusOf(place, '/healthz'), 200);
});

inBothEngines('browsers get a PAC file of the rules, which another list of names changes', async (world) => {
  const directory = folder();
  const list = join(directory, 'blocked.txt');
  writeFileSync(list, 'ads.test\n');
  const gateway = await ReloadedGateway.start(
    world,
    {
      admin: { listen: '127.0.0.1:0' },
      upstream: [
        { name: 'direct', type: 'direct' },
        { name: 'vpn', type: 'socks5', host: '127.0.0.1', port: 9 },
      ],
      rules: [
        { domain_suffix_file: list, block: true },
        { domain_suffix: ['bank.test'], use: ['direct'] },
      ],
    },
    { directory },
  );
  const place = await adminPlace(gateway.gateway);
  const { status, headers, body } = await askAdmin(place, '/proxy.pac');
  assert.deepEqual([status, headers['content-type']], [200, 'application/x-ns-proxy-autoconfig']);
  const says = evaluatedPac(body);
  const proxy = `127.0.0.1:${gateway.port}`;
  const urls = ['https://x.ads.test/', 'https://bank.test/', 'https://else.test/', `${place}/`];
  const all = `SOCKS5 ${proxy}; PROXY ${proxy}`;
  assert.deepEqual(urls.map(says), [`PROXY ${proxy}`, 'DIRECT', all, 'DIRECT']);
  writeFileSync(list, 'else.test\n');
  const now = async (): Promise<string> =>
    evaluatedPac((await askAdmin(place, '/wpad.dat')).body)('https://else.test/');
  while ((await now()) !== `PROXY ${proxy}`) await pause(20);
});
