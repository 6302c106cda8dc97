// Every endpoint of docs/openapi.json, asked of a running gateway: what comes is what the file says, and whatever is asked is
// answered or refused in the form that it says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { DnsServer } from '../helpers/dns-server.js';
import { root } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { EchoClient, startEcho } from '../helpers/socks-echo.js';
import { UdpAssociation } from '../helpers/udp/client.js';
import { udpEcho } from '../helpers/udp/servers.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** By MIME type. */
type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly 200: { readonly content: Content } };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** The MIME type of its answer. */
  readonly type: string;
}

const JSON_TYPE = 'application/json';

const DOCUMENT = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const ALL: readonly Asked[] = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => {
    const [type = ''] = Object.keys(operation.responses[200].content);
    return { method: method.toUpperCase(), path, operation, type };
  }),
);
const OPERATIONS = ALL.filter(({ type }) => type === JSON_TYPE);
const STREAMS = ALL.filter(({ type }) => type !== JSON_TYPE);

const answerOf = ({ responses }: Operation): Schema => responses[200].content[JSON_TYPE]?.schema ?? {};

/** What each parameter may be, and what each endpoint is asked for, so that it answers. */
const PARAMETERS: Readonly<Record<string, string>> = {
  ...{ name: 'a.test', address: '203.0.113.9', key: 'limits.lines_max', target: 'a.test:80' },
};

/** In place of the parameters above. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/v1/dns/ask': { name: 'a.test' },
  'POST /api/v1/bad-addresses': { address: '203.0.113.9' },
  'PUT /api/v1/configuration/log-level': { level: 'warn' },
  'PUT /api/v1/routes/{destination}/pin': { line: 'one' },
};

/** What else endpoints want in their query. */
const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'DELETE /api/v1/connections': { client: '192.0.2.1' },
  'DELETE /api/v1/flows': { client: '192.0.2.1' },
  'DELETE /api/v1/routes': { match: 'nowhere.test' },
};

type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;

async function start(world: World) {
  const server = await DnsServer.start({ 'a.test': { A: ['203.0.113.9'], ttl_s: 60 } });
  world.use(server);
  const { gateway } = await ReloadedGateway.start(world, {
    admin: { listen: '127.0.0.1:0' },
    nameservers: [`udp://127.0.0.1:${server.at.port}`],
    dns: { probe: { enabled: 'off' }, try_timeout_ms: 200, timeout_ms: 300, hold_ms: 1 },
    upstream: {
      type: 'multipath',
      list: ['one', 'other'].map((name) => ({ type: 'direct', name })),
    },
    rules: [
      { domain: 'blocked.test', block: true },
      { domain_suffix: 'a.test', use: ['one'] },
    ],
  });
  const place = await adminPlace(gateway);
  const ask: Ask = async (method, path, body) => {
    const reply = await askAdmin(place, path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told: unknown = JSON.parse(reply.body);
    return { status: reply.status, body: told };
  };
  return { gateway, place, ask };
}

/** The names of a live connection, and of its destination, which is remembered. */
async function connected(world: World, { port }: { readonly port: number }, ask: Ask) {
  const server = world.use(await startEcho());
  const client = world.use(await EchoClient.open(port, server.port));
  await client.echo('12345');
  const { body } = await ask('GET', '/api/v1/connections');
  const { connections } = body as { readonly connections: readonly { readonly id: string }[] };
  const destination = `127.0.0.1:${server.port}`;
  let isKnown = false;
  while (!isKnown) isKnown = (await ask('GET', `/api/v1/routes/${destination}`)).status === 200;
  return { id: connections[0]?.id ?? '', destination };
}

/** The name of a flow that lives. */
async function flowing(world: World, { port }: { readonly port: number }, ask: Ask): Promise<string> {
  const server = world.use(await udpEcho());
  const client = world.use(await UdpAssociation.open({ host: '127.0.0.1', port }));
  client.send({ host: '127.0.0.1', port: server.port }, 'hello');
  await client.read();
  const { body } = await ask('GET', '/api/v1/flows');
  const { flows } = body as { readonly flows: readonly { readonly id: string }[] };
  return flows[0]?.id ?? '';
}

const filled = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);

const isFailure = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string' && body.error !== '';

inBothEngines('every endpoint answers as its file says', async (world) => {
  const { gateway, place, ask } = await start(world);
  const known = { ...PARAMETERS, ...(await connected(world, gateway, ask)) };
  const flow = { id: await flowing(world, gateway, ask) };
  for (const { method, path, operation } of OPERATIONS) {
    const name = `${method} ${path}`;
    const wanted = (operation.parameters ?? []).filter((one) => one.required && one.in === 'query');
    const needed = Object.fromEntries(wanted.map((one) => [one.name, PARAMETERS[one.name] ?? '']));
    const query = new URLSearchParams({ ...needed, ...QUERIES[name] }).toString();
    const isLines = path.startsWith('/api/v1/lines/');
    const values = isLines ? { name: 'one' } : path.startsWith('/api/v1/flows/') ? flow : known;
    const asked = `${filled(path, values)}${query === '' ? '' : `?${query}`}`;
    // What is asked of an address needs one that is bad.
    if (path.endsWith('/{address}')) await ask('POST', '/api/v1/bad-addresses', BODIES['POST /api/v1/bad-addresses']);
    const sent = path.endsWith('/delay') ? { target: known.destination } : BODIES[name];
    const { status, body } = await ask(method, asked, sent);
    assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`);
    assert.deepEqual(Value.Errors(answerOf(operation), body), [], `${name}: ${JSON.stringify(body)}`);
    assert.equal((await ask(method, `${asked}${query === '' ? '?' : '&'}stray=1`, sent)).status, 400, name);
  }
  assert.ok(STREAMS.length > 0);
  for (const { path, type } of STREAMS) assert.equal(await typeOf(place, path), `200 ${type}`);
});

/** The MIME type of an answer that may go on for ever. */
function typeOf(place: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = get(`${place}${path}`, { agent: false }, (response) => {
      resolve(`${response.statusCode} ${response.headers['content-type']}`);
      response.destroy();
    });
    asking.once('error', reject);
  });
}

/** Texts that parameters might have, and many that they may not. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e999',
    'NaN',
    'true',
    'null',
    '[]',
    '..',
    '%',
    '%00',
    'a.test',
    '1.2.3.4',
    '::',
    'x'.repeat(5000),
  ),
  fc.integer().map(String),
);

const value = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }), fc.double(), fc.constant(undefined));

/** A request to the endpoint with any values for what it takes, and some for what it does not. */
function requestOf({ method, path, operation }: Asked): fc.Arbitrary<{ method: string; path: string; body: unknown }> {
  const named = (place: Parameter['in']) => (operation.parameters ?? []).filter((one) => one.in === place);
  const texts = (names: readonly string[]) => fc.record(Object.fromEntries(names.map((name) => [name, text])));
  const queries = [...named('query').map(({ name }) => name), 'stray'];
  const query = fc.subarray(queries).chain((names) => texts(names));
  const fields = Object.keys(operation.requestBody?.content[JSON_TYPE]?.schema.properties ?? {});
  const body =
    operation.requestBody === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          value,
          fc.record(Object.fromEntries([...fields, 'stray'].map((name) => [name, value])), { requiredKeys: [] }),
        );
  const params = texts(named('path').map(({ name }) => name));
  return fc.record({ params, query, body }).map((one) => {
    const asked = new URLSearchParams(one.query).toString();
    return { method, path: `${filled(path, one.params)}${asked === '' ? '' : `?${asked}`}`, body: one.body };
  });
}

inBothEngines('whatever is asked of an endpoint, it answers or says in a sentence why not', async (world) => {
  const { gateway, ask } = await start(world);
  for (const one of OPERATIONS) {
    // A reload has no parameters, and a dial waits for nobody to answer: many of them take seconds.
    const numRuns = /[/](?:reload|delay)$/.test(one.path) ? 2 : 12;
    await fc.assert(
      fc.asyncProperty(requestOf(one), async ({ method, path, body }) => {
        const told = await ask(method, path, body);
        const isAnswer = told.status === 200 && Value.Check(answerOf(one.operation), told.body);
        const isRefusal = told.status >= 400 && told.status < 500 && isFailure(told.body);
        assert.ok(
          isAnswer || isRefusal,
          `${method} ${path} ${JSON.stringify(body)}: ${told.status} ${JSON.stringify(told.body)}`,
        );
      }),
      { numRuns },
    );
  }
  const paths = OPERATIONS.map(({ path }) => filled(path, PARAMETERS));
  for (const path of [...paths, '/api', '/api/v1', '/api/v1/', '/api//v1', '/api/v1/%2e%2e', '/nothing?a=b']) {
    for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      if (ALL.some((one) => one.method === method && patternOf(one.path).test(path))) continue;
      if (method === 'HEAD') continue;
      const told = await ask(method, path);
      assert.ok([400, 404, 405].includes(told.status) && isFailure(told.body), `${method} ${path}: ${told.status}`);
    }
  }
  assert.deepEqual(
    gateway.records.filter(({ level }) => level === 'error' || level === 'fatal'),
    [],
  );
});
