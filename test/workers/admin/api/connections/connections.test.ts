// The endpoints of connections, over the records of two actors.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { ConnectionsAdmin } from '../../../../../src/threads/contracts/admin/connections.js';
import { CONNECTIONS } from '../../../../../src/workers/admin/api/connections/connections.js';
import type { Summary } from '../../../../../src/workers/admin/api/connections/schemas.js';
import { makeApp } from '../../../../../src/workers/admin/app.js';
import { connectionsAdmin } from '../../../../../src/workers/connection/admin/serve-admin.js';
import { adminParts, Served } from '../../../../helpers/admin-parts.js';
import { RecordsWorld } from '../../../../helpers/records-world.js';

const PATH = '/api/v1/connections';
const served = new Served();
after(() => served.close());

type Shown = Static<typeof Summary>;

interface Page {
  readonly connections: readonly Shown[];
  readonly matched: number;
  readonly next?: string;
  readonly silent_workers: readonly number[];
}

const dial = () => assert.fail('nothing is dialled');
const never = (): Promise<never> => Promise.reject(new Error('gone'));

/** Actors by number, each with records; one of them may not answer at all. */
function world(...actors: readonly (RecordsWorld | 'silent')[]) {
  const remotes = actors.map((own, actor) => {
    if (own !== 'silent') {
      const { records, names } = own;
      const asked = { watch: () => {}, dial, testRules: never, flowBook: { records: undefined } };
      return served.remote<ConnectionsAdmin>(connectionsAdmin({ actor, records, names, ...asked }));
    }
    return served.remote<ConnectionsAdmin>({
      ...{ find: never, summaries: never, record: never, close: never, closeAll: never, news: never },
      ...{ dial: never, testRules: never, samples: never },
      ...{ findFlows: never, flows: never, flowNews: never, closeFlow: never, closeFlows: never },
    });
  });
  const app = makeApp(adminParts({ connections: () => new Map(remotes.entries()) }));
  const ask = async (path: string, method = 'GET'): Promise<{ status: number; body: unknown }> => {
    const response = await app.request(`${PATH}${path}`, { method });
    const body: unknown = await response.json();
    const endpoint = CONNECTIONS.find((one) => one.method === method && /^\/./.test(path) === one.path.includes('{'));
    if (response.status === 200) assert.ok(endpoint && Value.Check(endpoint.answer, body), JSON.stringify(body));
    return { status: response.status, body };
  };
  const list = async (query = ''): Promise<Page> => {
    const { status, body } = await ask(query);
    assert.equal(status, 200, JSON.stringify(body));
    return body as Page;
  };
  const error = async (path: string, method = 'GET'): Promise<readonly [number, string]> => {
    const { status, body } = await ask(path, method);
    return [status, (body as { readonly error: string }).error];
  };
  return { ask, list, error };
}

const targets = ({ connections }: Page): (string | undefined)[] => connections.map(({ target }) => target);

test('lists the connections of all workers together, in an order, page by page', async () => {
  const [one, other] = [new RecordsWorld(), new RecordsWorld()];
  for (const [i, own] of [one, other, one, other, one].entries()) {
    for (const each of [one, other]) each.later(10);
    own.open({ target: `n${i}.test`, line: 0 }, 10 * (i % 3), i);
  }
  const { list } = world(one, other);
  assert.deepEqual(targets(await list()), ['n4.test:443', 'n3.test:443', 'n2.test:443', 'n1.test:443', 'n0.test:443']);
  assert.deepEqual(targets(await list('?sort=bytes_up&order=asc&limit=2')), ['n0.test:443', 'n3.test:443']);
  const told: (string | undefined)[] = [];
  const sizes: number[] = [];
  for (let query: string | undefined = '?limit=2'; query !== undefined; ) {
    const page: Page = await list(query);
    told.push(...targets(page));
    sizes.push(page.connections.length);
    assert.equal(page.matched, 5);
    query = page.next === undefined ? undefined : `?limit=2&cursor=${page.next}`;
  }
  assert.deepEqual([sizes, told], [[2, 2, 1], targets(await list())]);
  assert.equal('next' in (await list('?limit=5')), false);
});

test('lists those that a filter means', async () => {
  const own = new RecordsWorld();
  own.open({ client: '10.0.0.7', user: 'alice', target: 'www.example.com', line: 1, listener: 1 });
  own.open({ client: 'unix', target: 'example.org:80', line: 0 });
  const { list } = world(own);
  for (const query of [
    ...['client=10.0.0.0/8', 'user=alice', 'target=example.com', 'target=example.com:443', 'line=proxy'],
    ...['listener=http', 'client=10.0.0.7&user=alice&target=:443&line=proxy'],
  ]) {
    const page = await list(`?${query}`);
    assert.deepEqual([targets(page), page.matched], [['www.example.com:443'], 1], query);
  }
  for (const query of ['user=bob', 'client=unix&user=alice', 'target=:22', 'line=gone']) {
    assert.deepEqual((await list(`?${query}`)).connections, [], query);
  }
});

test('tells of those that have ended how, and of one connection its race', async () => {
  const own = new RecordsWorld();
  const slot = own.open({ target: '192.0.2.9:22', user: 'alice', line: 1 }, 5, 7);
  const { list, ask, error } = world(new RecordsWorld(), own);
  const [live] = (await list()).connections;
  const { id, opened_at, ...rest } = live as Shown;
  assert.match(String(opened_at), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, {
    ...{ phase: 'relay', client: '10.0.0.1:5000', listener: 'socks', user: 'alice', target: '192.0.2.9:22' },
    ...{ line: 'proxy', address: '192.0.2.1', attempts: 1, connect_ms: 3, bytes_up: 5, bytes_down: 7 },
    duration_ms: 0,
  });
  own.later(1500);
  own.records.ended(slot, 'complete', 50, 70);
  assert.deepEqual((await list()).connections, []);
  const [ended] = (await list('?state=ended')).connections;
  assert.deepEqual([ended?.id, ended?.phase, ended?.ending, ended?.bytes_up], [id, 'ended', 'complete', 50]);
  assert.equal(Date.parse(String(ended?.ended_at)) - Date.parse(String(ended?.opened_at)), 1500);
  const whole = await ask(`/${id}`);
  const { race } = whole.body as { readonly race: { readonly attempts: readonly object[]; readonly why: string } };
  assert.deepEqual([whole.status, race.why, race.attempts.length], [200, 'only-attempt', 1]);
  for (const path of ['/1-0-1', '/0-0-1', '/7-0-1', '/nonsense', `/${id.replace(/^1/, '0')}`]) {
    assert.equal((await error(path))[0], 404, path);
  }
});

test('resets one connection, and no other that has its place', async () => {
  const own = new RecordsWorld();
  const slot = own.open({ target: '192.0.2.9', line: 0 });
  const failed = own.open({ target: '192.0.2.8' });
  own.fail(failed);
  const { list, ask, error } = world(own);
  const [second, first] = (await list()).connections;
  assert.deepEqual(await error(`/${second?.id}`, 'DELETE'), [
    ...[409, 'the connection has failed already, and ends as soon as its client has heard so'],
  ]);
  assert.deepEqual(await ask(`/${first?.id}`, 'DELETE'), { status: 200, body: { closed: 1 } });
  assert.deepEqual(own.closed, [[slot, 'closed-by-operator']]);
  assert.deepEqual(await error(`/${first?.id}`, 'DELETE'), [404, 'there is no such live connection']);
});

test('resets all that a filter means, and none without a filter', async () => {
  const [one, other] = [new RecordsWorld(300), new RecordsWorld(300)];
  for (const own of [one, other]) {
    for (let i = 0; i < 200; i += 1) own.open({ target: 'example.com', line: i % 2 });
  }
  const { ask, error } = world(one, other);
  assert.deepEqual(await error('', 'DELETE'), [
    ...[400, 'a filter is wanted, one at least of client, user, target, line, listener'],
  ]);
  assert.equal((await error('?state=live', 'DELETE'))[0], 400);
  assert.deepEqual(one.closed, []);
  assert.deepEqual(await ask('?line=proxy&target=example.com', 'DELETE'), { status: 200, body: { closed: 200 } });
  assert.deepEqual([one.closed.length, other.closed.length], [100, 100]);
});

test('says all that is wrong with a request at once, and what is allowed', async () => {
  const { error } = world(new RecordsWorld());
  const [status, problems] = await error('?client=nobody&target=a%20b&sort=ended_at&cursor=x');
  assert.equal(status, 400);
  for (const name of ['client', 'target', 'sort', 'cursor']) assert.match(problems, new RegExp(`query "${name}": `));
  assert.match(problems, /"nobody" is not allowed; allowed: an address, a network such as/);
  for (const query of ['limit=0', 'limit=1001', 'limit=many', 'sort=age', 'state=dead', 'order=up', 'what=1']) {
    assert.equal((await error(`?${query}`))[0], 400, query);
  }
  assert.equal((await error('?limit=2&cursor=opened_at.asc.1.0.1'))[0], 400, 'a cursor of another order');
});

test('says which workers have not answered', async () => {
  const own = new RecordsWorld();
  own.open({ target: 'example.com' });
  const { list, error } = world('silent', own);
  const page = await list();
  assert.deepEqual([page.connections.length, page.silent_workers], [1, [0]]);
  assert.deepEqual(await error('?target=example.com', 'DELETE'), [
    ...[503, '1 were closed; workers 0 have not answered in time'],
  ]);
  assert.equal((await error('/0-0-1'))[0], 503);
});

test('lists ten thousand connections without holding more than a page of them', async () => {
  const own = new RecordsWorld(10_000);
  for (let i = 0; i < 10_000; i += 1) own.open({ target: `n${i}.test`, line: 0 }, i);
  let most = 0;
  const { records, names } = own;
  const counting = connectionsAdmin({
    ...{ actor: 0, records, names, watch: () => {}, dial, testRules: never },
    flowBook: { records: undefined },
  });
  const remote = served.remote<ConnectionsAdmin>({
    ...counting,
    async find(sought, from) {
      const piece = await counting.find(sought, from);
      most = Math.max(most, piece.places.length);
      return piece;
    },
    async summaries(ids) {
      most = Math.max(most, ids.length);
      return counting.summaries(ids);
    },
  });
  const app = makeApp(adminParts({ connections: () => new Map([[0, remote]]) }));
  const ids = new Set<string>();
  let pages = 0;
  for (let query: string | undefined = ''; query !== undefined; pages += 1) {
    const page = (await (await app.request(`${PATH}?limit=1000&sort=bytes_up${query}`)).json()) as Page;
    for (const { id } of page.connections) ids.add(id);
    query = page.next === undefined ? undefined : `&cursor=${page.next}`;
  }
  assert.deepEqual([ids.size, pages], [10_000, 10]);
  assert.ok(most <= 1001, `${most} in one answer`);
});

test('a connection was opened when it was, however long its worker has been idle', async (context) => {
  const own = new RecordsWorld();
  const wall = Date.now();
  context.mock.method(Date, 'now', () => wall + own.away_ms);
  own.open({ target: 'a.test', line: 0 });
  own.later(5);
  const { list } = world(own);
  const seen = async () => {
    const [one] = (await list()).connections;
    return [one?.opened_at, one?.duration_ms];
  };
  const opened_at = new Date(wall - 5).toISOString();
  assert.deepEqual(await seen(), [opened_at, 5]);
  own.away_ms = 60_000;
  assert.deepEqual(await seen(), [opened_at, 60_005]);
});
