// The resources of names, bad addresses, rules, configuration and status, without a gateway: how requests are understood, and what
// becomes of what the other actors say.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { NamesAdmin } from '../../../../src/threads/contracts/admin/names.js';
import type { AskedFor } from '../../../../src/threads/contracts/connection.js';
import { makeApp } from '../../../../src/workers/admin/app.js';
import { AdminActors, type GivenActors } from '../../../helpers/admin-actors.js';

const BAD = {
  address: '8.7.198.45',
  evidence: [],
  verdict: { everywhere: true, names: [], servers: [], last: [], expires: 0 },
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function start(given: GivenActors = {}) {
  const actors = new AdminActors(given);
  ends.push(() => actors.close());
  const app = makeApp(actors.parts);
  return async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await app.request(path, init);
    return { status: response.status, body: await response.json() };
  };
}

test('an actor that is being started again is told as that', async () => {
  const ask = start();
  const refused = { status: 503, body: { error: 'the DNS actor is being started again' } };
  assert.deepEqual(await ask('GET', '/api/v1/dns'), refused);
  assert.deepEqual(await ask('GET', '/api/v1/bad-addresses'), refused);
  const again = await ask('GET', '/api/v1/rules/test?target=a.test');
  assert.deepEqual(again.body, { error: 'a connection actor is being started again' });
});

test('an actor that fails, and a gateway that still starts, are told', async () => {
  const ask = start({
    gateway: { status: () => Promise.reject(new Error('broken')), configuration: async () => undefined },
  });
  assert.deepEqual(await ask('GET', '/api/v1/status'), {
    status: 503,
    body: { error: 'the main thread failed: broken' },
  });
  const starts = { status: 503, body: { error: 'the gateway is still starting' } };
  assert.deepEqual(await ask('GET', '/api/v1/configuration'), starts);
  assert.deepEqual(await ask('GET', '/api/v1/configuration/port'), starts);
});

test('an address is said to be bad in its canonical form, for a normalised name, and for a time', async () => {
  const said: Parameters<NamesAdmin['sayBad']>[] = [];
  const names: Partial<NamesAdmin> = {
    sayBad: async (...asked) => {
      said.push(asked);
      return asked[0] === '1.1.1.1' ? 'trusted' : asked[0] === '2.2.2.2' ? 'full' : 'added';
    },
    badAddress: async () => BAD,
  };
  const ask = start({ names });
  const post = (body: unknown) => ask('POST', '/api/v1/bad-addresses', body);
  assert.equal((await post({ address: '::ffff:8.7.198.45', name: 'A.Test.', lasts_s: 60 })).status, 200);
  assert.equal((await post({ address: '2001:DB8::0:1' })).status, 200);
  assert.deepEqual(said, [
    ['8.7.198.45', 'a.test', 60_000],
    ['2001:db8::1', undefined, undefined],
  ]);
  assert.deepEqual((await post({ address: '1.1.1.1' })).status, 409);
  assert.deepEqual((await post({ address: '2.2.2.2' })).status, 409);
  assert.deepEqual(await post({ address: 'example.com' }), {
    status: 400,
    body: { error: '"example.com" is not an IP address' },
  });
  assert.deepEqual((await post({ address: '8.8.8.8', name: 'no name' })).body, {
    error: '"no name" is not a host name',
  });
  assert.deepEqual((await post({ address: '8.8.8.8', lasts_s: 0 })).body, {
    error: 'body "lasts_s": 0 is not allowed; allowed: an integer from 1 to 31536000',
  });
});

test('evidence has times as texts, and none where there is no end or no beginning', async () => {
  const evidence = [
    { how: 'static', by: 'config', name: undefined, since: 0, renewed: 0, expires: Number.POSITIVE_INFINITY },
    { how: 'operator', by: 'operator', name: 'a.test', since: 1000, renewed: 2000, expires: Number.POSITIVE_INFINITY },
    { how: 'spoofing', by: 'udp://x', name: 'b.test', since: 1000, renewed: 2000, expires: 3000 },
  ] as const;
  const ask = start({
    names: { badAddresses: async () => ({ addresses: [{ ...BAD, evidence }], next: BAD.address, total: 7 }) },
  });
  const { body } = await ask('GET', '/api/v1/bad-addresses?limit=1');
  const at = (ms: number): string => new Date(ms).toISOString();
  assert.deepEqual(body, {
    total: 7,
    next: BAD.address,
    addresses: [
      {
        ...{ address: BAD.address, everywhere: true, names: [], servers: [], last: [], told: [] },
        evidence: [
          { how: 'static', by: 'config', name: null, since: null, renewed: null, expires: null },
          { how: 'operator', by: 'operator', name: 'a.test', since: at(1000), renewed: at(2000), expires: null },
          { how: 'spoofing', by: 'udp://x', name: 'b.test', since: at(1000), renewed: at(2000), expires: at(3000) },
        ],
      },
    ],
  });
});

test('undoing tells apart what is gone, what never was, and what only the configuration can take back', async () => {
  const ask = start({
    names: {
      undoBadAddress: async (address) => address === '1.1.1.1',
      badAddress: async (address) => (address === '3.3.3.3' ? BAD : undefined),
    },
  });
  const undo = (address: string) => ask('DELETE', `/api/v1/bad-addresses/${address}`);
  assert.deepEqual(await undo('1.1.1.1'), { status: 200, body: { address: '1.1.1.1', undone: true } });
  assert.deepEqual(await undo('2.2.2.2'), { status: 404, body: { error: 'nothing speaks against 2.2.2.2' } });
  assert.equal((await undo('3.3.3.3')).status, 409);
  assert.equal((await undo('nobody')).status, 400);
});

test('rules are tested for the client that was asked for, and told with their places', async () => {
  const asked: (AskedFor | undefined)[] = [];
  const ask = start({
    gateway: { placesOfRules: async (rules) => rules.map((rule) => `c.json: line ${rule}`) },
    connections: [
      {
        async testRules(_target, as) {
          asked.push(as);
          if (as?.user === 'nobody') return { code: 'unknown', what: 'user' };
          const ruled = { rule: 2, ruling: 'block', passedOver: [0] } as const;
          return { code: 'tested', ruled, refused: 'blocked', lines: [], outlook: undefined, flow: undefined };
        },
      },
    ],
  });
  const { status, body } = await ask('GET', '/api/v1/rules/test?target=a.test:80&client=192.0.2.1&listener=lan');
  assert.equal(status, 200);
  assert.deepEqual(body, {
    target: 'a.test:80',
    rule: { number: 2, place: 'c.json: line 2', blocks: true, lines: null, sticky: null },
    passed_over: [{ number: 0, place: 'c.json: line 0' }],
    refused: { cause: 'blocked', sentence: 'a rule of the configuration blocks the destination' },
    lines: [],
    race: null,
    flow: null,
  });
  assert.equal((await ask('GET', '/api/v1/rules/test?target=a.test')).status, 200);
  assert.deepEqual(asked, [{ ip: '192.0.2.1', user: undefined, tag: undefined, listener: 'lan' }, undefined]);
  const nobody = await ask('GET', '/api/v1/rules/test?target=a.test&user=nobody');
  assert.deepEqual(nobody, { status: 404, body: { error: '"nobody" is not the name of a user' } });
  assert.equal((await ask('GET', '/api/v1/rules/test?target=a%20b')).status, 400);
  assert.equal((await ask('GET', '/api/v1/rules/test?target=a.test&client=home')).status, 400);
});

test('a reload that is refused is a conflict, with what is wrong', async () => {
  let problems = ['c.json: line 1: port: 0 is not allowed', 'c.json: no such file'];
  const ask = start({
    gateway: {
      async reload() {
        if (problems.length > 0) return { code: 'refused', problems, warnings: [] };
        return { code: 'reloaded', changed: ['rules'], needsRestart: [], warnings: ['w'] };
      },
      setLogLevel: async () => ({ code: 'set', before: 'info' }),
    },
  });
  assert.deepEqual(await ask('POST', '/api/v1/configuration/reload'), {
    status: 409,
    body: { error: `nothing has changed: ${problems.join('; ')}` },
  });
  problems = [];
  assert.deepEqual(await ask('POST', '/api/v1/configuration/reload'), {
    status: 200,
    body: { changed: ['rules'], needs_restart: [], warnings: ['w'] },
  });
  assert.deepEqual(await ask('PUT', '/api/v1/configuration/log-level', { level: 'debug' }), {
    status: 200,
    body: { level: 'debug', before: 'info' },
  });
  assert.deepEqual((await ask('PUT', '/api/v1/configuration/log-level', { level: 'loud' })).status, 400);
});

test('a path without an endpoint, and a method that a path does not take', async () => {
  const ask = start();
  assert.deepEqual(await ask('GET', '/api/v1/nothing'), {
    status: 404,
    body: { error: 'there is no /api/v1/nothing' },
  });
  assert.deepEqual(await ask('PUT', '/api/v1/bad-addresses'), {
    status: 405,
    body: { error: '/api/v1/bad-addresses does not take PUT; allowed: GET, POST' },
  });
  assert.equal((await ask('POST', '/api/v1/bad-addresses/1.1.1.1')).status, 405);
});
