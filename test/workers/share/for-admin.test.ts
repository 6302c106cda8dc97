// What the admin actor is told of sharing, joined of what the rooms tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forAdmin } from '../../../src/workers/share/for-admin.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';
import { gatewaysSeen, shareSeen } from '../../helpers/share-seen.js';
import { sharing } from '../../helpers/sharing.js';

const parts = { options: () => gatewayOptions({ share: sharing({ site: 'main', kind: 'sentinel' }) }) };

test('each room tells its part', async () => {
  const { engine, routes, news, limits } = shareSeen();
  const rooms = [{ seen: () => ({ engine, routes }) }, {}, { seen: () => ({ news, limits }) }];
  assert.deepEqual(await forAdmin(parts, rooms).state(), shareSeen());
});

test('what no room tells is not there, and an engine that is not known yet is connecting', async () => {
  const { engine, ...rest } = await forAdmin(parts, [{}]).state();
  assert.deepEqual(rest, { site: 'main', gateway: 'a', routes: undefined, news: undefined, limits: undefined });
  assert.deepEqual([engine.state, engine.kind, engine.round_trips], ['connecting', 'sentinel', 0]);
});

test('the gateways are told by the room that knows them', async () => {
  const rooms = [{}, { gateways: async () => gatewaysSeen() }];
  assert.deepEqual(await forAdmin(parts, rooms).gateways(), gatewaysSeen());
  assert.equal(await forAdmin(parts, [{}]).gateways(), undefined);
});
