import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import type { AdminOptions } from '../../../../src/protocol/admin-options.js';
import { guarded } from '../../../../src/workers/admin/guard/guard.js';

const TOKEN = 'a-token.of~32_letters-and-digits';
const OPTIONS: AdminOptions = {
  listen: { kind: 'internet', host: '0.0.0.0', port: 9090 },
  token_file: { path: '/token', token: TOKEN },
  allow: null,
  hosts: ['router.lan'],
  origins: ['https://metacubex.github.io'],
  ...{ traces_endpoint: null, traces_percent: 10 },
};

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream;
  /** null: by a Unix socket. */
  readonly from?: string | null;
  readonly path?: string;
}

async function ask(asked: Asked, options: Partial<AdminOptions> = {}): Promise<Response> {
  const app = new Hono();
  app.all('/api/v1/echo', async (context) => context.text(await context.req.text()));
  app.all('/kept', (context) => context.text('kept', 200, { 'Cache-Control': 'max-age=60' }));
  app.all('/fails', () => {
    throw new Error('on purpose');
  });
  app.onError((_, context) => context.json({ error: 'it failed' }, 500));
  for (const place of ['/', '/healthz', '/readyz', '/proxy.pac', '/wpad.dat', '/dashboard/main.js']) {
    app.get(place, (context) => context.text('open'));
  }
  const { method = 'GET', headers = {}, body = null, from = '127.0.0.1', path = '/api/v1/echo' } = asked;
  const init = { method, headers: { host: '127.0.0.1:9090', ...headers }, body, duplex: 'half' };
  const incoming = { socket: { remoteAddress: from ?? undefined } };
  return guarded(app, () => ({ ...OPTIONS, ...options })).request(`http://127.0.0.1:9090${path}`, init as RequestInit, {
    incoming,
  });
}

const BEARER = { authorization: `Bearer ${TOKEN}` };
const status = async (asked: Asked, options?: Partial<AdminOptions>): Promise<number> =>
  (await ask(asked, options)).status;
/** With the token. */
const shown = (headers: Readonly<Record<string, string>>, options?: Partial<AdminOptions>): Promise<number> =>
  status({ headers: { ...BEARER, ...headers } }, options);
const errorOf = async (response: Response): Promise<unknown> => ((await response.json()) as { error: unknown }).error;

test('what tells of connections needs the token, in the header or in the query of a GET', async () => {
  const without = await ask({});
  assert.equal(without.status, 401);
  assert.equal(without.headers.get('www-authenticate'), 'Bearer realm="tcproute"');
  assert.match(String(await errorOf(without)), /Authorization: Bearer TOKEN/);
  const right = [`Bearer ${TOKEN}`, `bearer  ${TOKEN} `];
  for (const authorization of right) assert.equal(await status({ headers: { authorization } }), 200, authorization);
  const wrong = [
    ...[
      TOKEN,
      `Basic ${TOKEN}`,
      'Bearer',
      'Bearer ',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer x ${TOKEN}`,
    ],
    ...[`Bearer ${TOKEN.toUpperCase()}`, `Bearer ${'x'.repeat(5000)}`],
  ];
  for (const authorization of wrong) assert.equal(await status({ headers: { authorization } }), 401, authorization);
  assert.equal(await status({ path: `/api/v1/echo?token=${TOKEN}` }), 200);
  assert.equal(await status({ path: '/api/v1/echo?token=' }), 401);
  assert.equal(await status({ path: `/api/v1/echo?token=${TOKEN}`, method: 'POST' }), 401);
  assert.equal(await status({}, { token_file: null }), 200);
});

test('who shows a wrong token is told of, and who shows none is not', async () => {
  const told: (string | undefined)[] = [];
  const app = guarded(
    new Hono(),
    () => OPTIONS,
    (address) => told.push(address),
  );
  const asked = async (
    headers: Readonly<Record<string, string>>,
    remoteAddress: string | undefined,
  ): Promise<number> => {
    const incoming = { socket: { remoteAddress } };
    return (await app.request('http://localhost/x', { headers: { host: 'localhost', ...headers } }, { incoming }))
      .status;
  };
  assert.equal(await asked({}, '192.0.2.1'), 401);
  assert.equal(await asked(BEARER, '192.0.2.2'), 404);
  assert.equal(await asked({ authorization: 'Bearer guess' }, '192.0.2.3'), 401);
  assert.equal(await asked({ authorization: 'Bearer guess' }, undefined), 401);
  assert.equal(await asked({ authorization: 'Bearer guess', host: 'evil.test' }, '192.0.2.4'), 403);
  assert.deepEqual(told, ['192.0.2.3', undefined]);
});

test('the page, health and PAC files need no token; nothing else, known or not, is without it', async () => {
  const open = ['/', '/healthz', '/readyz', '/proxy.pac', '/wpad.dat', '/dashboard/main.js'];
  for (const path of open) assert.equal(await status({ path }), 200, path);
  const others = ['/metrics', '/api', '/nowhere', '/healthz/', '//', '/dashboard', '/proxies', '/DASHBOARD/x'];
  for (const path of others) assert.equal(await status({ path }), 401, path);
});

test('clients of other networks are refused, also with the token; those of a Unix socket may come', async () => {
  const options = { allow: ['192.168.0.0/16', 'fd00::/8'] };
  const from = (address: string | null): Promise<number> => status({ headers: BEARER, from: address }, options);
  const places = [
    '192.168.3.4',
    '::ffff:192.168.3.4',
    'fd00::1',
    '127.0.0.1',
    '::1',
    'not an address',
    '2002:c0a8:1::',
  ];
  assert.deepEqual(await Promise.all(places.map(from)), [200, 200, 200, 403, 403, 403, 403]);
  assert.equal(await from(null), 200);
});

test('a name that is not the gateway’s own is refused: a site may have its name lead here', async () => {
  const known = ['127.0.0.1', '192.168.1.1:80', '[::1]:9090', 'localhost:9090', 'a.localhost', 'router.lan'];
  for (const host of [...known, 'Router.LAN.:9090']) assert.equal(await shown({ host }), 200, host);
  const unknown = [
    'evil.example:9090',
    'router.lan.evil.example',
    '127.0.0.1.evil.example',
    'xrouter.lan',
    'wpad.evil',
    'wpad',
    'wpad:9090',
  ];
  for (const host of unknown) assert.equal(await shown({ host }), 403, host);
  for (const host of ['', 'a b', '127.0.0.1:x', '[::1', 'localhost@evil.example']) {
    assert.equal(await shown({ host }), 400, host);
  }
  assert.equal(await status({ path: '/proxy.pac', headers: { host: 'evil.example' } }), 403);
});

test('wpad, which any machine of the network may say it is, is the name of PAC files only', async () => {
  const headers = { host: 'wpad:9090', origin: 'http://wpad:9090' };
  const none = { token_file: null };
  for (const path of ['/wpad.dat', '/proxy.pac']) assert.equal(await status({ path, headers }, none), 200, path);
  for (const path of ['/', '/healthz', '/dashboard/main.js', '/api/v1/echo', '/wpad.dat/', '/api/v1/echo?/wpad.dat']) {
    for (const method of ['GET', 'POST']) assert.equal(await status({ path, method, headers }, none), 403, path);
  }
});

test('a page of another place may ask only if admin.origins has its origin', async () => {
  const metacube = 'https://metacubex.github.io';
  assert.equal(await shown({ origin: 'http://127.0.0.1:9090' }), 200);
  assert.equal(await shown({ origin: 'https://router.lan', host: 'router.lan' }), 200);
  assert.equal(await shown({ origin: metacube }), 200);
  const others = [
    ...['https://evil.example', 'null', '', 'http://127.0.0.1', 'http://127.0.0.1:9091', `${metacube}.evil.example`],
    ...[
      'http://metacubex.github.io',
      `${metacube}/`,
      'file://127.0.0.1:9090',
      'http://127.0.0.1:9090, https://evil.example',
    ],
  ];
  for (const origin of others) assert.equal(await shown({ origin }), 403, origin);
  // Without a token too, and before anything is done.
  assert.equal(
    await status({ method: 'POST', headers: { origin: 'https://evil.example' } }, { token_file: null }),
    403,
  );
});

test('what a browser fetches for a page of another site without saying which is refused; a link may be followed', async () => {
  const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  assert.equal(await shown({ 'sec-fetch-site': 'same-origin' }), 200);
  assert.equal(await shown({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 403);
  assert.equal(await shown({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }), 403);
  assert.equal(await shown({ 'sec-fetch-site': 'cross-site', ...link, 'sec-fetch-dest': 'iframe' }), 403);
  for (const path of ['/', '/proxy.pac']) {
    assert.equal(await status({ path, headers: { 'sec-fetch-site': 'cross-site', ...link } }), 200, path);
  }
  // A page that opens a window follows a link, too: it must have nothing done.
  assert.equal(await shown({ 'sec-fetch-site': 'cross-site', ...link }), 403);
  assert.equal(await shown({ 'sec-fetch-site': 'none', ...link }), 200);
  const posted = { method: 'POST', headers: { ...BEARER, 'sec-fetch-site': 'cross-site', ...link } };
  assert.equal(await status(posted), 403);
});

test('a page of admin.origins may read answers, refusals too, and ask beforehand what it may ask', async () => {
  const origin = 'https://metacubex.github.io';
  const answer = await ask({ headers: { ...BEARER, origin } });
  assert.equal(answer.headers.get('access-control-allow-origin'), origin);
  assert.equal(answer.headers.get('vary'), 'Origin');
  assert.equal((await ask({ headers: { origin } })).headers.get('access-control-allow-origin'), origin);
  assert.equal((await ask({ headers: BEARER })).headers.get('access-control-allow-origin'), null);
  const foreign = await ask({ headers: { ...BEARER, origin: 'https://evil.example' } });
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
  const asks = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' };
  const preflight = await ask({ method: 'OPTIONS', headers: { origin, ...asks } });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /\bPUT\b.*\bPATCH\b/);
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /Authorization/);
  assert.equal(await status({ method: 'OPTIONS', headers: { origin: 'https://evil.example', ...asks } }), 403);
  assert.equal(await status({ method: 'OPTIONS', headers: asks }), 401);
});

test('every answer tells browsers to run nothing foreign and to keep nothing, and none has a cookie', async () => {
  const asked = [
    {},
    { headers: BEARER },
    { path: '/' },
    { path: '/fails', headers: BEARER },
    { headers: { host: 'x.y' } },
  ];
  for (const one of asked) {
    const { headers } = await ask(one);
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self';/);
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('set-cookie'), null);
  }
  assert.equal((await ask({ path: '/fails', headers: BEARER })).status, 500);
  assert.equal((await ask({ path: '/kept', headers: BEARER })).headers.get('cache-control'), 'max-age=60');
});

test('a body has a bound, whether or not its length is told', async () => {
  const put = (body: string | ReadableStream): Promise<Response> => ask({ method: 'PUT', headers: BEARER, body });
  assert.equal(await (await put('x'.repeat(64 * 1024))).text(), 'x'.repeat(64 * 1024));
  const long = await put('x'.repeat(64 * 1024 + 1));
  assert.deepEqual([long.status, await errorOf(long)], [413, 'a body may have at most 65536 bytes']);
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(1024));
    },
  });
  assert.equal((await put(endless)).status, 413);
  assert.ok(pulled < 100, `${pulled} KiB were read`);
});

test('the options of the moment are asked for each request', async () => {
  let inForce: AdminOptions = OPTIONS;
  const app = new Hono();
  app.get('/x', (context) => context.text('x'));
  const asked = async (): Promise<number> =>
    (await guarded(app, () => inForce).request('http://127.0.0.1/x', { headers: { ...BEARER, host: '127.0.0.1' } }))
      .status;
  assert.equal(await asked(), 200);
  inForce = { ...OPTIONS, token_file: { path: '/token', token: 'another-token-of-the-file' } };
  assert.equal(await asked(), 401);
});
