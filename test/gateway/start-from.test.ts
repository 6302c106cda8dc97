// A gateway that starts knows what another one has learned, which has other addresses for the same lines.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../src/main/gateway/gateway.js';
import { lineOf } from '../../src/protocol/lines/line.js';
import { SNAPSHOT_PATH } from '../../src/protocol/routes/start-place.js';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { captureLog } from '../helpers/capture-log.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { eventually, until } from '../helpers/until.js';

const ANY = { ip: undefined, port: 0 };
const TOKEN = 'a-token-of-the-tests';

inBothEngines('a new gateway dials first, and alone, what has won at the other one', async (world) => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-start-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const token_file = join(directory, 'token');
  writeFileSync(token_file, TOKEN, { mode: 0o600 });
  const late = () => new Promise<void>((resolve) => setTimeout(resolve, 300));
  const slow = world.use(await TrickProxy.listen({ after: late }));
  const fasts = [world.use(await TrickProxy.listen('works')), world.use(await TrickProxy.listen('works'))];
  const server = world.use(await echoServer());
  const upstream = [
    { ...slow.line, name: 'slow' },
    { ...fasts[0]?.line, name: 'fast' },
  ];
  const connects = async (port: number): Promise<void> => {
    const { peer, reply } = await dial(port, server);
    assert.equal(reply.rep, 0);
    peer.end();
    await peer.ended();
  };
  const admin = { listen: '127.0.0.1:0', token_file };
  const first = await ReloadedGateway.start(world, { upstream, workers: 1, admin });
  await connects(first.port);
  await until('both lines were dialled', () => slow.count === 1);
  await connects(first.port);
  assert.equal(slow.count, 1);

  const start_from = await adminPlace(first.gateway);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const remembered = async () => (await askAdmin(start_from, SNAPSHOT_PATH, { headers })).body;
  await eventually('its actor has told', async () => (await remembered()).includes(`:${server.port}`));

  const cache = { ...gatewayOptions().cache, start_from, start_from_token_file: { path: token_file, token: TOKEN } };
  const { log, records } = captureLog();
  const lines = [slow, fasts[1]].map((proxy, at) =>
    lineOf(at, at === 0 ? 'slow' : 'fast', ANY, [
      { kind: 'socks5', host: '127.0.0.1', port: proxy?.port ?? 0, username: undefined, password: undefined },
    ]),
  );
  const started = await startGateway(gatewayOptions({ engine: world.engine, workers: 1, lines, cache }), log);
  assert.ok(started.code === 'started', JSON.stringify(started));
  const second = started.gateway;
  world.use({ close: () => second.close(0) });
  await second.routesKnown();
  assert.ok(records.some(({ msg }) => msg === `begins with 1 destinations that ${start_from} remembers`));
  await connects(second.address.port);
  assert.deepEqual([slow.count, fasts[0]?.count, fasts[1]?.count], [1, 2, 1]);
});
