import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeApp } from '../../../src/workers/admin/app.js';
import { adminParts } from '../../helpers/admin-parts.js';

test('a request that fails by a bug gets an answer, and the bug is told of', async () => {
  const told: unknown[] = [];
  const options = (): never => {
    throw new Error('on purpose');
  };
  const app = makeApp(adminParts({ options }), { failed: (error, path) => told.push([error.message, path]) });
  const answer = await app.request('/configs');
  assert.deepEqual([answer.status, await answer.json()], [500, { error: 'the gateway failed: on purpose' }]);
  assert.deepEqual(told, [['on purpose', '/configs']]);
});
