// The endpoints of flows, over the records of two actors.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import type { ConnectionsAdmin } from '../../../../../src/threads/contracts/admin/connections.js';
import { FLOWS } from '../../../../../src/workers/admin/api/flows/flows.js';
import type { Flow } from '../../../../../src/workers/admin/api/flows/schemas.js';
import { makeApp } from '../../../../../src/workers/admin/app.js';
import { flowsAdmin } from '../../../../../src/workers/connection/admin/flows.js';
import { adminParts, Served } from '../../../../helpers/admin-parts.js';
import { associationOf, FlowsWorld } from '../../../../helpers/udp/flows-world.js';

const PATH = '/api/v1/flows';
const served = new Served();
after(() => served.close());

type Shown = Static<typeof Flow>;

interface Page {
  readonly flows: readonly Shown[];
  readonly matched: number;
  readonly next?: string;
  readonly silent_workers: readonly number[];
}

const never = (): Promise<never> => Promise.reject(new Error('gone'));

/** Actors by number, each with flows; one of them may not answer at all. */
function world(...actors: readonly (FlowsWorld | 'silent')[]) {
  const remotes = actors.map((own, actor) =>
    served.part<ConnectionsAdmin>(
      own === 'silent'
        ? { findFlows: never, flows: never, closeFlow: never, closeFlows: never }
        : flowsAdmin(actor, own.book, own.names),
    ),
  );
  const app = makeApp(adminParts({ connections: () => new Map(remotes.entries()) }));
  const ask = async (path: string, method = 'GET'): Promise<{ status: number; body: unknown }> => {
    const response = await app.request(`${PATH}${path}`, { method });
    const body: unknown = await response.json();
    const endpoint = FLOWS.find((one) => one.method === method && /^\/./.test(path) === one.path.includes('{'));
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

const targets = ({ flows }: Page): string[] => flows.map(({ target }) => target);

test('an actor that has carried no datagram has no flows', async () => {
  const { list, error } = world(new FlowsWorld());
  assert.deepEqual(await list(), { flows: [], matched: 0, silent_workers: [] });
  assert.equal((await error('/0-0-1'))[0], 404);
  assert.equal((await error('/0-0-1', 'DELETE'))[0], 404);
});

test('lists the flows of all workers together, in an order, page by page', async () => {
  const [one, other] = [new FlowsWorld(), new FlowsWorld()];
  for (const [i, own] of [one, other, one, other, one].entries()) {
    for (const each of [one, other]) each.later(10);
    own.book.up(own.open({ target: `n${i}.test` }), 1, 10 * (i % 3));
  }
  const { list } = world(one, other);
  const all = ['n4.test:443', 'n3.test:443', 'n2.test:443', 'n1.test:443', 'n0.test:443'];
  assert.deepEqual(targets(await list()), all);
  assert.deepEqual(targets(await list('?sort=bytes_up&order=asc&limit=2')), ['n0.test:443', 'n3.test:443']);
  const told: string[] = [];
  for (let query: string | undefined = '?limit=2'; query !== undefined; ) {
    const page: Page = await list(query);
    told.push(...targets(page));
    assert.equal(page.matched, 5);
    query = page.next === undefined ? undefined : `?limit=2&cursor=${page.next}`;
  }
  assert.deepEqual(told, all);
});

test('lists those that a filter means', async () => {
  const own = new FlowsWorld();
  const association = associationOf('10.0.0.7', 'alice', 9);
  own.open({ association, target: '192.0.2.9:443', sni: 'www.example.com', kind: 'quic', line: 1 });
  own.open({ target: 'example.org:53', kind: 'dns', line: 0 });
  const { list, error } = world(own);
  for (const query of [
    ...['client=10.0.0.0/29&user=alice', 'user=alice', 'target=example.com', 'target=example.com:443', 'line=proxy'],
    ...['target=192.0.2.0/24', 'kind=quic', 'association=0-9-100', 'client=10.0.0.7&kind=quic&target=:443'],
  ]) {
    const page = await list(`?${query}`);
    assert.deepEqual([targets(page), page.matched], [['192.0.2.9:443'], 1], query);
  }
  for (const query of ['user=bob', 'kind=other', 'association=1-9-100', 'association=0-9-101', 'line=gone']) {
    assert.deepEqual((await list(`?${query}`)).flows, [], query);
  }
  assert.equal((await list('?listener=socks')).matched, 2);
  const [status, why] = await error('?association=nonsense&client=nobody&sort=ended_at');
  assert.equal(status, 400);
  for (const part of ['"association": "nonsense"', '"client": "nobody"', '"sort": "ended_at"']) {
    assert.ok(why.includes(part), why);
  }
  assert.equal((await error('?kind=tcp'))[0], 400);
});

test('tells of one flow, live and ended, with its race', async () => {
  const own = new FlowsWorld({ actor: 1 });
  const flow = own.open({ target: 'a.test:443', kind: 'quic', line: 1, association: associationOf('10.0.0.7', 'ada') });
  const sentAt = own.clock.now;
  const race = { sentAt, endedAt: sentAt + 40, datagrams: 1 } as const;
  own.book.raced(flow, [
    { ...race, line: 0, ip: parseIp('192.0.2.1'), result: 'silent' },
    { ...race, line: 1, ip: undefined, result: 'answered' },
  ]);
  own.book.up(flow, 2, 2400);
  own.later(40);
  own.book.down(flow, 1, 1200);
  const { list, ask, error } = world(new FlowsWorld(), own);
  const [live] = (await list()).flows;
  const { id, opened_at, ...rest } = live as Shown;
  assert.match(opened_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const attempt = { sent_ms: 0, ended_ms: 40, datagrams: 1 };
  assert.deepEqual(rest, {
    ...{ association: '1-7-100', client: '10.0.0.7:5000', listener: 'socks', user: 'ada', target: 'a.test:443' },
    ...{ kind: 'quic', phase: 'open', line: 'proxy', first_answer_ms: 40, duration_ms: 40, silent_ms: 0 },
    ...{ datagrams_up: 2, datagrams_down: 1, bytes_up: 2400, bytes_down: 1200 },
    attempts: [
      { line: 'direct', address: '192.0.2.1', ...attempt, result: 'silent' },
      { line: 'proxy', ...attempt, result: 'answered' },
    ],
  });
  own.later(1460);
  own.book.failed(flow, failureOf('refused', 'ECONNREFUSED'));
  own.end(flow, 'failed');
  assert.deepEqual((await list()).flows, []);
  const [ended] = (await list('?state=ended')).flows;
  assert.deepEqual((await ask(`/${id}`)).body, ended);
  assert.deepEqual([ended?.id, ended?.phase, ended?.ending, ended?.cause], [id, 'ended', 'failed', 'refused']);
  assert.equal(Date.parse(String(ended?.ended_at)) - Date.parse(String(ended?.opened_at)), 1500);
  for (const path of ['/1-0-1', '/0-0-1', '/7-0-1', '/nonsense', `/${id.replace(/^1/, '0')}`]) {
    assert.equal((await error(path))[0], 404, path);
  }
});

test('ends one flow, or all that a filter means, and none without a filter', async () => {
  const own = new FlowsWorld();
  const [first, second, third] = [own.open({ kind: 'dns' }), own.open({ kind: 'dns' }), own.open()];
  const { list, ask, error } = world(own);
  const [, , oldest] = (await list()).flows;
  assert.deepEqual(await ask(`/${oldest?.id}`, 'DELETE'), { status: 200, body: { closed: 1 } });
  assert.deepEqual([own.closed, own.read(first).ending], [[first], 'closed-by-operator']);
  assert.deepEqual(await error(`/${oldest?.id}`, 'DELETE'), [404, 'there is no such live flow']);
  assert.deepEqual(await error('', 'DELETE'), [
    ...[400, 'a filter is wanted, one at least of client, user, target, line, listener, kind, association'],
  ]);
  assert.equal((await error('?association=nonsense', 'DELETE'))[0], 400);
  assert.deepEqual(await ask('?kind=dns', 'DELETE'), { status: 200, body: { closed: 1 } });
  assert.deepEqual(own.closed, [first, second]);
  assert.equal(own.read(third).phase, 'waiting');
});

test('a worker that does not answer is named', async () => {
  const own = new FlowsWorld();
  own.open();
  const { list, error } = world(own, 'silent');
  const page = await list();
  assert.deepEqual([page.flows.length, page.silent_workers], [1, [1]]);
  assert.deepEqual(await error('?kind=other', 'DELETE'), [
    ...[503, '1 were ended; workers 1 have not answered in time'],
  ]);
});
