// The gateway as it is looked at: where it listens, and what becomes of that place over a reload and an upgrade.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { root } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

inBothEngines('the gateway is looked at by HTTP at the place of admin.listen', async (world) => {
  const gateway = await world.gateway({ admin: { listen: '127.0.0.1:0' } });
  const place = await adminPlace(gateway);
  const told = await askAdmin(place, '/api/v1/version');
  assert.deepEqual([told.status, JSON.parse(told.body)], [200, { version }]);
  assert.equal((await askAdmin(place, '/nowhere')).status, 404);
  const wrong = await askAdmin(place, '/api/v1/version?of=what');
  assert.deepEqual([wrong.status, JSON.parse(wrong.body)], [400, { error: 'query "of": is not known' }]);
});
