import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { Type } from 'typebox';
import { endpoint } from '../../../../src/workers/admin/endpoint/endpoint.js';
import { fields } from '../../../../src/workers/admin/endpoint/schemas.js';
import { serveEndpoints } from '../../../../src/workers/admin/endpoint/serve.js';
import { adminParts } from '../../../helpers/admin-parts.js';

test('the token in a query is the guard’s: no endpoint calls it wrong, or sees it', async () => {
  const seen: unknown[] = [];
  const asks = (path: string, query?: Parameters<typeof fields>[0]) =>
    endpoint({
      ...{ method: 'GET', path, summary: 'What is asked', answer: fields({}) },
      ...(query && { query: fields(query) }),
      handle: async (asked) => {
        seen.push(asked.query);
        return { code: 'answered', answer: {} };
      },
    });
  const app = new Hono();
  serveEndpoints(app, [asks('/with', { limit: Type.Optional(Type.Number()) }), asks('/without')], adminParts({}));
  const status = async (path: string): Promise<number> => (await app.request(path)).status;
  assert.deepEqual([await status('/with?limit=1&token=abc'), await status('/without?token=abc')], [200, 200]);
  assert.deepEqual([await status('/with?limit=1&tokens=abc'), await status('/without?other')], [400, 400]);
  assert.deepEqual(seen, [{ limit: 1 }, {}]);
});
