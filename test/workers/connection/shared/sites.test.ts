import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Target, targetOfName } from '../../../../src/protocol/address/target.js';
import { compileRules, type RuleTables } from '../../../../src/protocol/rules/compile.js';
import type { Sticky } from '../../../../src/protocol/rules/sticky.js';
import { Sites } from '../../../../src/workers/connection/shared/sites.js';

function tables(sticky: Sticky | false): RuleTables {
  const rule = { destinations: undefined, ports: [], ruling: { lines: undefined, sticky } };
  return compileRules([{ ...rule, ports: [{ from: 25, to: 25 }], ruling: 'block' }, rule], () => []) as RuleTables;
}

const siteOf = (sites: Sites, host: string): string => sites.of(targetOfName(host, 443) as Target);

test('a site is the registrable domain; an address, and a name without such a domain, is a site of its own', async () => {
  const sites = new Sites();
  await sites.loadFor(tables('site'));
  const hosts = {
    'example.com': 'example.com',
    'WWW.Example.com.': 'example.com',
    'a.b.example.co.uk': 'example.co.uk',
    'a.b.xn--85x722f.com.cn': 'xn--85x722f.com.cn',
    // Two tenants of one hoster are two sites.
    'one.github.io': 'one.github.io',
    'www.one.github.io': 'one.github.io',
    'co.uk': 'co.uk',
    com: 'com',
    localhost: 'localhost',
    'printer.lan': 'printer.lan',
    'a.printer.lan': 'printer.lan',
    '_dmarc.example.com': 'example.com',
    '192.0.2.1': '192.0.2.1',
    '2001:DB8::1': '2001:db8::1',
    '::ffff:192.0.2.1': '192.0.2.1',
  };
  for (const [host, site] of Object.entries(hosts)) assert.equal(siteOf(sites, host), site, host);
});

test('the list is loaded only for a rule that needs it', async () => {
  const sites = new Sites();
  await sites.loadFor(undefined);
  for (const sticky of ['client', 'user', 'tag', false] as const) await sites.loadFor(tables(sticky));
  assert.equal(siteOf(sites, 'www.example.com'), 'www.example.com');
  await sites.loadFor(tables('site'));
  assert.equal(siteOf(sites, 'www.example.com'), 'example.com');
});
