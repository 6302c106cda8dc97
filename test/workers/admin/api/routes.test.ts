import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoutes } from '../../../../src/protocol/routes/snapshot.js';
import { candidate } from '../../../helpers/candidates.js';
import { LinesWorld } from './lines-world.js';

const SITE = '/api/v1/routes/site.test:443';

interface Listed {
  readonly destination: string;
  readonly pinned: string | null;
  readonly best: { readonly line: string } | null;
}

test('a destination is told with the times and failures of its candidates, and why one leads', async (context) => {
  const world = new LinesWorld(context);
  world.learn('site.test:443', 0, 20);
  world.learn('site.test:443', 2, 21);
  const failed = { ...candidate(1), kind: 'failed', cause: 'refused' } as const;
  world.memory.learn({ destination: 'site.test:443', event: failed });
  await world.ask('PUT', `${SITE}/pin`, { line: 'lte' });
  // The usual port, as everywhere.
  const { status, body } = await world.ask('GET', '/api/v1/routes/Site.Test');
  assert.equal(status, 200);
  assert.deepEqual([body['destination'], body['pinned']], ['site.test:443', 'lte']);
  const all = body['candidates'] as unknown as Record<string, never>[];
  assert.deepEqual(
    all.map((one) => [one['line'], one['is_best'], (one['why'] as { kind: string }[]).map(({ kind }) => kind)]),
    [
      ['direct', true, ['best']],
      ['lte', false, ['not-better']],
      ['de/1 > far', false, ['failing']],
    ],
  );
  assert.deepEqual((all[0] as Record<string, never>)['connect'], { mean_ms: 20, deviation_ms: 10, samples: 1 });
  const [why] = (all[2] as Record<string, never>)['why'] as { text: string }[];
  const [best] = (all[0] as Record<string, never>)['why'] as { text: string }[];
  assert.match(best?.text as string, /^the best .*: it connects in 20\.0 ms, lte \(.*\) in 21\.0 ms$/);
  assert.match(why?.text as string, /^failing here for another .* after 1 failure \(refused\)$/);
});

test('what is not remembered is said', async (context) => {
  const world = new LinesWorld(context);
  assert.deepEqual(await world.ask('GET', SITE), {
    ...{ status: 404, body: { error: 'nothing is remembered of "site.test:443"' } },
  });
});

test('destinations are listed page by page, with a filter', async (context) => {
  const world = new LinesWorld(context);
  for (let i = 0; i < 25; i += 1) world.learn(`d${i}.test:443`, i % 2);
  const seen: string[] = [];
  let cursor = '';
  for (let page = 0; page < 10; page += 1) {
    const { body } = await world.ask('GET', `/api/v1/routes?limit=4&sort=name&line=direct${cursor}`);
    assert.equal(body['total'], 13);
    const routes = body['routes'] as unknown as Listed[];
    seen.push(...routes.map(({ destination }) => destination));
    assert.ok(routes.every(({ best }) => best?.line === 'direct'));
    if (body['next'] === undefined) break;
    cursor = `&cursor=${body['next'] as string}`;
  }
  const even = Array.from({ length: 13 }, (_, i) => `d${i * 2}.test:443`).sort();
  assert.deepEqual(seen, even);
  const some = await world.ask('GET', '/api/v1/routes?match=d2');
  assert.equal(some.body['total'], 6);
});

test('wrong questions are answered with what is allowed', async (context) => {
  const world = new LinesWorld(context);
  for (const [path, error] of [
    ['?cursor=x', /"cursor"/],
    ['?limit=501', /"limit"/],
    ['?line=none', /there is no line "none"/],
    ['?sort=age', /"sort"/],
  ] as const) {
    const { status, body } = await world.ask('GET', `/api/v1/routes${path}`);
    assert.ok(status >= 400 && status < 500, path);
    assert.match(body['error'] as string, error);
  }
  assert.equal((await world.ask('DELETE', '/api/v1/routes')).status, 400, 'nothing says what is to be forgotten');
  assert.equal((await world.ask('PUT', '/api/v1/routes/a b/pin', { line: 'lte' })).status, 400);
  assert.equal((await world.ask('PUT', `${SITE}/pin`, { line: 'none' })).status, 404);
  assert.equal((await world.ask('PUT', `${SITE}/pin`, {})).status, 400);
});

test('one is forgotten, or all that match, or everything where that is asked for', async (context) => {
  const world = new LinesWorld(context);
  for (const name of ['a.test:443', 'b.test:443', 'c.example:443', 'd.example:80']) world.learn(name, 0);
  assert.deepEqual((await world.ask('DELETE', '/api/v1/routes/a.test')).body, { forgotten: 1 });
  assert.deepEqual((await world.ask('DELETE', '/api/v1/routes/a.test')).body, { forgotten: 0 });
  assert.deepEqual((await world.ask('DELETE', '/api/v1/routes?match=.test')).body, { forgotten: 1 });
  assert.deepEqual((await world.ask('DELETE', '/api/v1/routes?all=true')).body, { forgotten: 2 });
});

test('a destination is pinned until that is taken back, also where nothing is remembered of it', async (context) => {
  const world = new LinesWorld(context);
  const pinned = await world.ask('PUT', `${SITE}/pin`, { line: 'lte' });
  assert.deepEqual(pinned.body, { changed: true, destination: 'site.test:443', line: 'lte' });
  assert.deepEqual((await world.ask('GET', '/api/v1/routes/pins')).body, {
    pinned: null,
    destinations: [{ destination: 'site.test:443', line: 'lte' }],
  });
  assert.deepEqual((await world.ask('GET', '/api/v1/routes/site.test')).body, {
    ...{ destination: 'site.test:443', pinned: 'lte', candidates: [] },
  });
  world.learn('site.test:443', 0);
  const { body } = await world.ask('GET', '/api/v1/routes');
  assert.deepEqual((body['routes'] as unknown as Listed[])[0]?.pinned, 'lte');
  await world.ask('DELETE', SITE);
  assert.deepEqual(world.steering.pins, [{ destination: 'site.test:443', line: 2 }], 'forgetting keeps the pin');
  assert.equal((await world.ask('DELETE', `${SITE}/pin`)).body['changed'], true);
  assert.equal((await world.ask('DELETE', `${SITE}/pin`)).body['changed'], false);
  assert.deepEqual(world.steering.pins, []);
});

test('a snapshot is downloaded as a state file', async (context) => {
  const world = new LinesWorld(context);
  for (let i = 0; i < 2000; i += 1) world.learn(`d${i}.test:443`, i % 3);
  await world.ask('PUT', '/api/v1/routes/d1.test/pin', { line: 'lte' });
  const response = await world.app.request('/api/v1/routes/snapshot');
  assert.equal(response.headers.get('content-disposition'), 'attachment; filename="tcproute.routes"');
  const bounds = { now: Date.now() + 1000, age_max_ms: 1e9, entries_max: 1e6 };
  const parsed = parseRoutes(await response.text(), world.lines.all, bounds);
  assert.ok(parsed.kind === 'snapshot');
  assert.equal(parsed.routes.length, 2000);
  assert.deepEqual(parsed.pins, [{ destination: 'd1.test:443', line: 2 }]);
});

test('a snapshot begins for who reads it alone, and ends with the reader', async (context) => {
  const world = new LinesWorld(context);
  for (let i = 0; i < 2000; i += 1) world.learn(`d${i}.test:443`, 0);
  const ask = async (method: string): Promise<Response> => world.app.request('/api/v1/routes/snapshot', { method });
  for (let time = 0; time < 3; time += 1) {
    assert.equal((await ask('HEAD')).headers.get('content-type'), 'application/octet-stream');
  }
  for (let time = 0; time < 3; time += 1) {
    const { status, body } = await ask('GET');
    assert.equal(status, 200);
    await body?.cancel();
  }
});

test('a third snapshot at a time has to wait', async (context) => {
  const world = new LinesWorld(context);
  for (let i = 0; i < 2000; i += 1) world.learn(`d${i}.test:443`, 0);
  const open = [await world.app.request('/api/v1/routes/snapshot'), await world.app.request('/api/v1/routes/snapshot')];
  const { status, body } = await world.ask('GET', '/api/v1/routes/snapshot');
  assert.equal(status, 503);
  assert.match(body['error'] as string, /other snapshots are being read/);
  await Promise.all(open.map((one) => one.text()));
  assert.equal((await world.app.request('/api/v1/routes/snapshot')).status, 200);
});
