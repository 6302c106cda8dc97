import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { parseIp } from '../../../../src/protocol/address/address.js';
import type { Listener } from '../../../../src/protocol/inbound/listener.js';
import type { Options } from '../../../../src/protocol/options.js';
import { compileRules, type RuleTables } from '../../../../src/protocol/rules/compile.js';
import { servePac } from '../../../../src/workers/admin/pac/pac.js';
import { defaultOptions } from '../../../helpers/default-options.js';
import { evaluatedPac } from '../../../helpers/pac.js';

const LISTENER: Listener = {
  ...{ number: 0, name: 'all', address: '0.0.0.0:1080', protocols: ['socks5', 'http'], wantsUser: false },
  endpoint: { ip: parseIp('0.0.0.0') as Uint8Array, port: 1080 },
  ...{ allowClients: [], proxyFrom: [] },
};

function blocking(name: string): RuleTables | undefined {
  const destinations = { domain: [name], domain_suffix: [], cidr: [], files: [] };
  return compileRules([{ destinations, ports: [], ruling: 'block' }], () => []);
}

test('the file is for the Host that asked, of the listeners and rules in force', async () => {
  let listeners: readonly Listener[] = [LISTENER];
  let rules: RuleTables | undefined = blocking('ads.example');
  let options: Options = defaultOptions();
  const app = new Hono();
  servePac(app, { options: () => options, listeners: () => listeners, rules: () => rules });
  const ask = async (host: string, path = '/proxy.pac') => app.request(`http://x${path}`, { headers: { host } });
  const says = async (host: string, url: string): Promise<string> => evaluatedPac(await (await ask(host)).text())(url);

  const response = await ask('router.lan:9090', '/wpad.dat');
  assert.equal(response.headers.get('content-type'), 'application/x-ns-proxy-autoconfig');
  assert.equal(response.headers.get('cache-control'), 'max-age=300');
  assert.equal(await response.text(), await (await ask('router.lan:9090')).text());
  assert.equal(await says('router.lan', 'https://a.example/'), 'SOCKS5 router.lan:1080; PROXY router.lan:1080');
  assert.equal(await says('10.0.0.1', 'https://a.example/'), 'SOCKS5 10.0.0.1:1080; PROXY 10.0.0.1:1080');
  assert.equal(await says('10.0.0.1', 'https://ads.example/'), 'PROXY 10.0.0.1:1080');

  rules = blocking('other.example');
  assert.equal(await says('10.0.0.1', 'https://other.example/'), 'PROXY 10.0.0.1:1080');
  rules = undefined;
  assert.match(await says('10.0.0.1', 'https://other.example/'), /^SOCKS5/);
  options = { ...options, hosts: { 'nas.example': ['10.0.0.9'] } };
  assert.match(await (await ask('10.0.0.1')).text(), /nas\.example/);

  listeners = [{ ...LISTENER, endpoint: { ip: parseIp('127.0.0.1') as Uint8Array, port: 1080 } }];
  const none = await ask('10.0.0.1');
  assert.equal(none.status, 404);
  assert.match(((await none.json()) as { error: string }).error, /no listener/);
  assert.equal((await ask('localhost')).status, 200);
});
