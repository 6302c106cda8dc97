// The fleet as the API tells of it, without a gateway.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { ShareAdmin } from '../../../../src/threads/contracts/admin/share.js';
import { Fleet } from '../../../../src/workers/admin/api/fleet/schemas.js';
import { makeApp } from '../../../../src/workers/admin/app.js';
import { adminParts, Served } from '../../../helpers/admin-parts.js';
import { gatewayOptions } from '../../../helpers/gateway-options.js';
import { gatewaysSeen, shareSeen } from '../../../helpers/share-seen.js';
import { sharing } from '../../../helpers/sharing.js';

const served = new Served();
afterEach(() => served.close());

/** `admin`: what the share actor answers; undefined while it is away. */
async function fleetOf(isShared: boolean, admin?: Partial<ShareAdmin>) {
  const options = isShared ? gatewayOptions({ share: sharing() }) : gatewayOptions({});
  const remote = admin && served.part<ShareAdmin>(admin);
  const app = makeApp(adminParts({ options: () => options, share: () => remote }));
  const response = await app.request('/api/v1/fleet');
  const body: unknown = await response.json();
  if (response.status === 200) assert.deepEqual(Value.Errors(Fleet, body), []);
  return { status: response.status, body };
}

test('a gateway that shares nothing says so, and asks nobody', async () => {
  const { status, body } = await fleetOf(false);
  assert.equal(status, 200);
  const { site, engine, gateways } = body as Static<typeof Fleet>;
  assert.deepEqual([site, engine, gateways], [null, null, []]);
});

test('the engine, what came of sharing, and all gateways are told', async () => {
  const told = await fleetOf(true, { state: async () => shareSeen(), gateways: async () => gatewaysSeen() });
  assert.equal(told.status, 200);
  const { site, gateway, engine, news, gateways } = told.body as Static<typeof Fleet>;
  assert.deepEqual([site, gateway], ['main', 'a']);
  assert.deepEqual(
    [engine?.state, engine?.server, engine?.fault, engine?.detail, engine?.late],
    ['up', 'redis 7.0.15', null, null, 6],
  );
  assert.deepEqual(news, shareSeen().news);
  assert.deepEqual(
    gateways?.map(({ name, is_own, is_known, is_present, open }) => [name, is_own, is_known, is_present, open]),
    [
      ['a', true, true, true, 12],
      ['b', false, true, true, 7],
      ['c', false, true, false, null],
      ['d', false, false, true, 12],
    ],
  );
});

test('what the configuration leaves out is null, and so are the gateways while the engine is silent', async () => {
  const { engine, ...rest } = shareSeen();
  const seen = {
    ...{ ...rest, routes: undefined, news: undefined, limits: undefined },
    engine: { ...engine, state: 'down' as const, fault: 'hanging', detail: 'it gives no answer', server: undefined },
  };
  const { status, body } = await fleetOf(true, { state: async () => seen, gateways: async () => undefined });
  assert.equal(status, 200);
  const told = body as Static<typeof Fleet>;
  assert.deepEqual([told.routes, told.news, told.limits, told.gateways], [null, null, null, null]);
  assert.deepEqual(
    [told.engine?.state, told.engine?.fault, told.engine?.detail, told.engine?.server],
    ['down', 'hanging', 'it gives no answer', null],
  );
});

test('a share actor that is started again, or fails, is told as that', async () => {
  const again = { status: 503, body: { error: 'the share actor is being started again' } };
  assert.deepEqual(await fleetOf(true), again);
  const { status, body } = await fleetOf(true, {
    state: async () => shareSeen(),
    gateways: () => Promise.reject(new Error('broken')),
  });
  assert.deepEqual([status, body], [503, { error: 'the share actor failed: broken' }]);
});
