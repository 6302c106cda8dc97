// What a gateway tells of its site over a real Redis: API, metrics and terminal, while the engine is there and while it is away.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { makeKeys } from '../../src/main/commands/fleet/key.js';
import { look } from '../../src/main/commands/look.js';
import { Fleet } from '../../src/workers/admin/api/fleet/schemas.js';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { World } from '../helpers/gateway-world.js';
import { startRedis, whyNoRedis } from '../helpers/redis.js';
import { eventually } from '../helpers/until.js';

function keysOf(directory: string, gateway: string) {
  const made = makeKeys(gateway, directory);
  assert.equal(made.kind, 'made');
  const { secret_file, sign_key_file, public_key } = made.keys;
  return {
    secret_file: join(directory, secret_file),
    sign_key_file: join(directory, sign_key_file),
    gateways: { [gateway]: public_key, away: keyOfAnother(directory) },
  };
}

function keyOfAnother(directory: string): string {
  const made = makeKeys('away', directory);
  assert.equal(made.kind, 'made');
  return made.keys.public_key;
}

test('a gateway tells of its site, and of an engine that has gone', {
  skip: whyNoRedis() ?? false,
}, async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-fleet-'));
  const world = new World('epoll');
  context.after(async () => {
    await world.end();
    rmSync(directory, { recursive: true });
  });
  const redis = await startRedis();
  world.use({ close: () => redis.stop() });
  const share = { url: redis.url, gateway: 'north', ...keysOf(directory, 'north') };
  const gateway = await world.gateway({ admin: { listen: '127.0.0.1:0' }, workers: 1, share });
  const place = await adminPlace(gateway);
  const fleet = async (): Promise<Static<typeof Fleet>> => {
    const body: unknown = JSON.parse((await askAdmin(place, '/api/v1/fleet')).body);
    assert.deepEqual(Value.Errors(Fleet, body), []);
    return body as Static<typeof Fleet>;
  };
  const metrics = async (): Promise<readonly string[]> => (await askAdmin(place, '/metrics')).body.split('\n');
  const commanded = () => look('fleet', { admin: new URL(place).host }, undefined, 100);

  await eventually('it has told of itself', async () => {
    const { gateways, news } = await fleet();
    const isThere = gateways?.some(({ name, is_present }) => name === 'north' && is_present) ?? false;
    return isThere && (news?.read_age_ms ?? null) !== null;
  });
  const { site, engine, routes, hints, news, gateways } = await fleet();
  assert.equal(site, 'main');
  assert.equal(engine?.state, 'up');
  assert.match(engine.server ?? '', /^redis \d/);
  assert.ok(engine.round_trips > 0 && engine.bytes_sent > 0 && engine.bytes_received > 0);
  assert.deepEqual([routes?.asked, hints?.asked, news?.told], [0, 0, 0]);
  assert.deepEqual(
    gateways?.map(({ name, is_own, is_known, is_present }) => [name, is_own, is_known, is_present]),
    [
      ['away', false, true, false],
      ['north', true, true, true],
    ],
  );
  assert.ok((await metrics()).includes('tcproute_share_up 1'));
  const { status, said } = await commanded();
  assert.equal(status, 0);
  assert.match(said ?? '', /^site main, gateway north: 1 of 2 gateways present\n/);

  await redis.kill();
  await eventually('it notices that the engine has gone', async () => (await fleet()).engine?.state === 'down');
  const away = await fleet();
  assert.equal(away.gateways, null);
  assert.notEqual(away.engine?.detail, null);
  assert.ok((await metrics()).includes('tcproute_share_up 0'));
  assert.equal((await commanded()).status, 1);
});
