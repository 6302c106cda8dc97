// The OpenAPI file and the app are of one mind: nothing is served below /api that the file does not have.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeApp } from '../../../../src/workers/admin/app.js';
import { AdminActors } from '../../../helpers/admin-actors.js';

const file = new URL('../../../../../docs/openapi.json', import.meta.url);

test('the file has every endpoint that is served, and no other', async () => {
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { readonly paths: Readonly<Record<string, object>> };
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const actors = new AdminActors({});
  const served = makeApp(actors.parts)
    .routes.filter(({ path }) => path.startsWith('/api/'))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  await actors.close();
  assert.deepEqual([...new Set(served)].sort(), told.sort());
});
