import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../../../src/protocol/race/failure.js';
import { LineCount } from '../../../../src/threads/shared/line-counts.js';
import { LinesWorld } from './lines-world.js';

const FAR = '/api/v1/lines/de%2F1%20%3E%20far';

test('a line is told with its health, what is set of it, and what it has done', async (context) => {
  const world = new LinesWorld(context);
  const why = { cause: 'proxy-unreachable', detail: 'ECONNREFUSED', address: '192.0.2.80:1080' } as const;
  for (let i = 0; i < 3; i += 1) world.lines.learn({ kind: 'proxy-failed', line: 1, why });
  world.lines.learn({ kind: 'early', line: 1, early: true });
  world.counts.won(1, true);
  for (let i = 0; i < 3; i += 1) world.counts.won(0, false);
  world.counts.add(1, LineCount.attempts);
  world.counts.connected(1, 30);
  world.counts.connected(1, 10);
  world.bytes.add(1, 100, 2000);
  world.budgets = [
    {
      ...{ name: 'far', used: 12, bytes: 10, lines: [1], isSpent: true, begins: '2026-11-01', ends: '2026-12-01' },
    },
  ];
  world.udp.failed(1, 'proxy-unreachable', false);
  world.tenths += 120;
  const { status, body } = await world.ask('GET', FAR);
  assert.equal(status, 200);
  const { connect, first_byte, circuit, ...rest } = body as Record<string, never>;
  assert.deepEqual(rest, {
    line: 'de/1 > far',
    proxies: [{ kind: 'socks5', host: '192.0.2.80', port: 1080 }],
    source: { ip: null, interface: null, mark: null },
    ...{ tier: 0, cost_ms: 0, weight: null, health: 'down', paused: false, pinned: false, link: null },
    ...{ answers_early: true, doubted: false },
    udp: { state: 'unreachable', ago_ms: 12_000, cause: 'proxy-unreachable', silent_ms: null },
    budgets: [{ budget: 'far', bytes_used: 12, bytes: 10, spent: true, begins: '2026-11-01', ends: '2026-12-01' }],
    ...{ attempts: 1, connected: 2, failures: 0, wins: 1, win_share: 0.25, rescues: 1, unanswered: 0 },
    ...{ bytes_up: 100, bytes_down: 2000, connect_ms: 20, first_byte_ms: null },
  });
  const { failures, why: told } = circuit as { failures: number; why: unknown };
  assert.deepEqual([failures, told], [3, why]);
  const counted = (connect as { le_ms: number | null; count: number }[]).filter(({ count }) => count > 0);
  assert.deepEqual(counted, [
    { le_ms: 10, count: 1 },
    { le_ms: 50, count: 1 },
  ]);
  assert.equal((first_byte as { le_ms: number | null }[]).at(-1)?.le_ms, null);
  assert.doesNotMatch(JSON.stringify(body), /secret|"me"/);
});

test('a line is paused and pinned by its name, and what cannot be is said in a sentence', async (context) => {
  const world = new LinesWorld(context);
  const paused = await world.ask('POST', `${FAR}/pause`);
  assert.deepEqual([paused.status, paused.body['changed']], [200, true]);
  assert.deepEqual(world.steering.paused, [1]);
  assert.equal((await world.ask('POST', `${FAR}/pause`)).body['changed'], false);
  const clash = await world.ask('POST', `${FAR}/pin`);
  assert.deepEqual(clash, {
    status: 409,
    body: { error: 'line "de/1 > far" is paused: resume it before you pin to it' },
  });
  await world.ask('POST', `${FAR}/resume`);
  await world.ask('POST', `${FAR}/pin`);
  const { body } = await world.ask('GET', '/api/v1/lines');
  const lines = body['lines'] as unknown as { line: string; pinned: boolean; paused: boolean }[];
  assert.deepEqual(
    lines.map(({ line, pinned, paused: isPaused }) => [line, pinned, isPaused]),
    [
      ['direct', false, false],
      ['de/1 > far', true, false],
      ['lte', false, false],
    ],
  );
  assert.equal(body['pinned'], 'de/1 > far');
  assert.equal((await world.ask('POST', `${FAR}/pause`)).status, 409);
  assert.equal((await world.ask('POST', '/api/v1/lines/lte/unpin')).body['changed'], false);
  assert.equal((await world.ask('POST', `${FAR}/unpin`)).body['changed'], true);
  assert.deepEqual(world.steering, { paused: [], pinned: undefined, pins: [] });
});

test('a line that is not there, and a route actor that is started again, are said', async (context) => {
  const world = new LinesWorld(context);
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/pause'],
    ['POST', '/unpin'],
  ]) {
    const answer = await world.ask(method as string, `/api/v1/lines/none${path}`);
    assert.deepEqual(answer, { status: 404, body: { error: 'there is no line "none"' } });
  }
  world.hasRoutes = false;
  assert.deepEqual(await world.ask('GET', '/api/v1/lines'), {
    ...{ status: 503, body: { error: 'the route actor is being started again' } },
  });
});

test('a dial over a line is measured, and a page of http:// is asked for its head', async (context) => {
  const world = new LinesWorld(context);
  world.dialled = { code: 'answered', address: '192.0.2.80', connect_ms: 12.500000000001, first_byte_ms: 39.9999 };
  const { status, body } = await world.ask('POST', `${FAR}/delay`, { target: 'http://site.test/gen?a=1' });
  assert.equal(status, 200);
  assert.deepEqual(body, {
    ...{ line: 'de/1 > far', target: 'site.test:80', outcome: 'answered', address: '192.0.2.80' },
    ...{ connect_ms: 12.5, first_byte_ms: 40, cause: null, sentence: null },
  });
  const [asked] = world.dials;
  assert.deepEqual(
    [asked?.line, asked?.target.host, asked?.target.port, asked?.timeout_ms],
    [1, 'site.test', 80, 5000],
  );
  assert.match(Buffer.from(asked?.say as Uint8Array).toString(), /^HEAD \/gen\?a=1 HTTP\/1\.1\r\nHost: site\.test\r\n/);
  world.dialled = { code: 'connected', address: '192.0.2.80', connect_ms: 12.5 };
  await world.ask('POST', `${FAR}/delay`, { target: 'https://[2001:db8::1]/x', timeout_ms: 100 });
  assert.deepEqual([world.dials[1]?.target.host, world.dials[1]?.say], ['2001:db8::1', undefined]);
});

test('a dial that fails says why, and what cannot be dialled is said before', async (context) => {
  const world = new LinesWorld(context);
  world.dialled = { code: 'failed', failure: failureOf('refused', 'ECONNREFUSED'), address: '192.0.2.1' };
  const { body } = await world.ask('POST', `${FAR}/delay`, { target: 'site.test:1' });
  assert.deepEqual(
    [body['outcome'], body['cause'], body['sentence']],
    ['failed', 'refused', 'the connection was refused (ECONNREFUSED)'],
  );
  world.dialled = { code: 'busy' };
  assert.equal((await world.ask('POST', `${FAR}/delay`, { target: 'site.test:1' })).status, 503);
  const before = world.dials.length;
  for (const target of ['', 'ftp://site.test/', 'http://', 'http://me:pw@site.test/', 'a b:1', 'http://site.test:0/'])
    assert.equal((await world.ask('POST', `${FAR}/delay`, { target })).status, 400, target);
  assert.equal((await world.ask('POST', `${FAR}/delay`, { target: 'a:1', timeout_ms: 31_000 })).status, 400);
  assert.equal((await world.ask('POST', '/api/v1/lines/none/delay', { target: 'a:1' })).status, 404);
  assert.equal(world.dials.length, before);
});

test('a body that is no JSON is told to be none', async (context) => {
  const world = new LinesWorld(context);
  const response = await world.app.request(`${FAR}/delay`, { method: 'POST', body: '{bad' });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /"body is no JSON; needed: an object with target, timeout_ms"/);
});
