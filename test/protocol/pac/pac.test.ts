import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp } from '../../../src/protocol/address/address.js';
import { targetOfName } from '../../../src/protocol/address/target.js';
import { type Line, lineOf, type Source } from '../../../src/protocol/lines/line.js';
import { parseHost } from '../../../src/protocol/pac/asked-host.js';
import { pacFile, pacRulesText } from '../../../src/protocol/pac/file.js';
import { type PacPolicy, pacPolicy } from '../../../src/protocol/pac/policy.js';
import type { ClientConditions } from '../../../src/protocol/rules/clients.js';
import { compileRules } from '../../../src/protocol/rules/compile.js';
import { Rules } from '../../../src/protocol/rules/match.js';
import type { Destinations, PortRange, Rule, Ruling } from '../../../src/protocol/rules/rule.js';
import type { Client } from '../../../src/protocol/users/client.js';
import { shared } from '../../../src/threads/shared/shared-tables.js';
import { evaluatedPac } from '../../helpers/pac.js';

const PLAIN: Source = { ip: undefined, port: 0 };
const HOP = { kind: 'socks5', host: '192.0.2.1', port: 1080, username: undefined, password: undefined } as const;
const LINES: readonly Line[] = [
  lineOf(0, 'direct', PLAIN, []),
  lineOf(1, 'proxy', PLAIN, [HOP]),
  lineOf(2, 'uplink', { ip: undefined, port: 0, device: 'wan1' }, []),
];
const DIRECT: Ruling = { lines: [0, 2], sticky: false };
const PROXY: Ruling = { lines: [0, 1], sticky: false };

interface Written extends Partial<Destinations> {
  readonly ruling: Ruling;
  readonly ports?: readonly PortRange[];
  readonly clients?: ClientConditions;
}

/** Without any list, a rule is for any destination. */
function ruleOf({ ruling, ports = [], clients, ...lists }: Written): Rule {
  const destinations =
    Object.keys(lists).length === 0 ? undefined : { domain: [], domain_suffix: [], cidr: [], files: [], ...lists };
  return { destinations, ports, ruling, ...(clients === undefined ? {} : { clients }) };
}

function tablesOf(rules: readonly Written[]) {
  const tables = compileRules(rules.map(ruleOf), () => []);
  assert.ok(tables !== undefined);
  return shared(tables);
}

const WAYS = { gateway: 'SOCKS5 router.lan:1080; PROXY router.lan:1080', refusal: 'PROXY router.lan:1080' };
const ASKED = parseHost('Router.lan:9090');

function saysOf(policy: PacPolicy): (url: string) => string {
  assert.ok(ASKED !== undefined);
  const evaluate = evaluatedPac(pacFile(ASKED, WAYS, pacRulesText(policy)));
  const words = new Map([
    ['DIRECT', 'direct'],
    [WAYS.gateway, 'gateway'],
    [WAYS.refusal, 'refuse'],
  ]);
  return (url) => words.get(evaluate(url)) ?? evaluate(url);
}

function says(rules: readonly Written[], urls: readonly string[], hosts: readonly string[] = []): readonly string[] {
  const policy = pacPolicy({ tables: tablesOf(rules), lines: LINES, hosts });
  return urls.map(saysOf(policy));
}

test('blocked names get the refusing proxy, names kept to direct lines go direct, all others ask the gateway', () => {
  const rules: readonly Written[] = [
    { ruling: 'block', domain: ['ads.example'], domain_suffix: ['tracker.example'] },
    { ruling: DIRECT, domain_suffix: ['bank.example', 'tracker.example'] },
    { ruling: PROXY, domain_suffix: ['video.example'] },
  ];
  const urls = [
    ...[
      'http://ads.example/',
      'https://x.ads.example/',
      'https://tracker.example/',
      'https://a.b.tracker.example:8443/x',
    ],
    ...['https://bank.example/', 'https://www.bank.example/', 'https://video.example/', 'https://else.example/'],
    ...['https://xbank.example/', 'https://WWW.BANK.EXAMPLE./', 'https://example/'],
  ];
  assert.deepEqual(says(rules, urls), [
    ...[
      'refuse',
      'gateway',
      'refuse',
      'refuse',
      'direct',
      'direct',
      'gateway',
      'gateway',
      'gateway',
      'direct',
      'gateway',
    ],
  ]);
});

test('without rules everything asks the gateway, but for the machine of the browser and the pages of the gateway', () => {
  const policy = pacPolicy({ tables: undefined, lines: LINES, hosts: [] });
  const urls = [
    'https://example.com/',
    'http://localhost:3000/',
    'http://a.localhost/',
    'http://127.0.0.1/',
    'http://[::1]/',
  ];
  assert.deepEqual(urls.map(saysOf(policy)), ['gateway', 'direct', 'direct', 'direct', 'direct']);
  const pages = [
    'http://router.lan:9090/',
    'http://router.lan/',
    'http://router.lan:1080/',
    'http://u:p@ROUTER.lan:9090/x',
  ];
  assert.deepEqual(pages.map(saysOf(policy)), ['direct', 'gateway', 'gateway', 'direct']);
});

test('a rule for ports looks at the port of the URL or of its scheme', () => {
  const rules: readonly Written[] = [
    { ruling: 'block', domain_suffix: ['a.example'], ports: [{ from: 80, to: 80 }] },
    { ruling: DIRECT, domain_suffix: ['a.example'], ports: [{ from: 443, to: 444 }] },
  ];
  const urls = [
    ...['http://a.example/', 'http://a.example:443/', 'https://a.example/', 'https://a.example:445/x:80'],
    ...['ws://a.example/', 'wss://a.example/', 'https://u@a.example:444', 'https://a.example?x:80', 'ftp://a.example/'],
  ];
  assert.deepEqual(says(rules, urls), [
    ...['refuse', 'direct', 'direct', 'gateway', 'refuse', 'direct', 'direct', 'direct', 'gateway'],
  ]);
});

test('what is for some clients only, or has an address in the configuration, is left to the gateway', () => {
  const clients: ClientConditions = { client: [], user: ['alice'], tag: [], listener: [] };
  const rules: readonly Written[] = [
    { ruling: 'block', domain_suffix: ['a.example'], clients },
    { ruling: DIRECT, domain_suffix: ['example'] },
  ];
  const urls = ['https://x.a.example/', 'https://b.example/', 'https://nas.example/', 'https://x.nas.example/'];
  assert.deepEqual(says(rules, urls, ['nas.example']), ['gateway', 'direct', 'gateway', 'direct']);
});

test('a direct line with an interface, a mark or a source address of its own is the gateway’s to use', () => {
  const uplink: Ruling = { lines: [2], sticky: false };
  const nowhere: Ruling = { lines: [], sticky: false };
  const rules: readonly Written[] = [
    { ruling: uplink, domain: ['a.example'] },
    { ruling: nowhere, domain: ['b.example'] },
    { ruling: { lines: undefined, sticky: 'client' }, domain: ['c.example'] },
  ];
  const urls = ['https://a.example/', 'https://b.example/', 'https://c.example/'];
  assert.deepEqual(says(rules, urls), ['gateway', 'gateway', 'gateway']);
});

test('IPv4 addresses of URLs have the rules of their ranges, and IPv6 addresses ask the gateway', () => {
  const rules: readonly Written[] = [
    { ruling: 'block', cidr: ['192.168.1.64/26', '0.0.0.0/8'] },
    { ruling: DIRECT, cidr: ['192.168.0.0/16', '255.255.255.255'], domain_suffix: ['lan'] },
    { ruling: DIRECT, cidr: ['fd00::/8'] },
  ];
  const urls = [
    ...['http://192.168.1.1/', 'http://192.168.1.64/', 'http://192.168.1.127/', 'http://192.168.1.128/'],
    ...['http://192.169.0.0/', 'http://0.1.2.3/', 'http://255.255.255.255/', 'http://[fd00::1]/', 'http://a.lan/'],
  ];
  assert.deepEqual(says(rules, urls), [
    // The gateway must look up a.lan: it may have an address that is blocked.
    ...['direct', 'refuse', 'refuse', 'direct', 'gateway', 'refuse', 'direct', 'gateway', 'gateway'],
  ]);
});

test('names that are properties of every object are names like others', () => {
  const urls = ['https://constructor/', 'https://__proto__/', 'https://x.tostring/', 'https://hasownproperty/'];
  assert.deepEqual(says([{ ruling: 'block', domain: ['hasownproperty'] }], urls), [
    ...['gateway', 'gateway', 'gateway', 'refuse'],
  ]);
});

test('what has no room is left to the gateway, and so is all behind it; a comment says so', () => {
  const many = Array.from({ length: 200 }, (_, at) => `name-${at}.example`);
  const rules: readonly Written[] = [
    { ruling: 'block', domain: ['first.example'] },
    { ruling: 'block', domain_suffix: many },
    { ruling: DIRECT, domain_suffix: ['example'], cidr: ['10.0.0.0/8'] },
  ];
  const subject = { tables: tablesOf(rules), lines: LINES, hosts: [] };
  const urls = ['https://first.example/', 'https://name-7.example/', 'https://b.example/', 'http://10.0.0.1/'];
  const whole = pacPolicy(subject);
  assert.equal(whole.isCut, false);
  assert.deepEqual(urls.map(saysOf(whole)), ['refuse', 'refuse', 'direct', 'direct']);
  const cut = pacPolicy(subject, 2_000);
  assert.equal(cut.isCut, true);
  assert.deepEqual(urls.map(saysOf(cut)), ['refuse', 'gateway', 'gateway', 'gateway']);
  assert.ok(ASKED !== undefined);
  assert.match(pacFile(ASKED, WAYS, pacRulesText(cut)), /longer than a browser takes/);
});

test('a file of the longest lists stays below the size that browsers take', () => {
  const names = Array.from({ length: 60_000 }, (_, at) => `n${at}.test`);
  const cidr = Array.from({ length: 15_000 }, (_, at) => `10.${at >> 8}.${at & 255}.64/26`);
  const rules = [
    ...Array.from({ length: 800 }, (_, at): Written => ({ ruling: at % 2 ? 'block' : DIRECT, domain: [`a${at}`] })),
  ];
  for (const list of [[...rules, { ruling: 'block' as const, domain: names }], [{ ruling: DIRECT, cidr }]]) {
    const policy = pacPolicy({ tables: tablesOf(list), lines: LINES, hosts: [] });
    assert.equal(policy.isCut, false);
    const text = pacRulesText(policy);
    assert.ok(Buffer.byteLength(text) < 1024 * 1024 - 4096, `${Buffer.byteLength(text)} bytes`);
  }
});

const ALICE: Client = { ip: undefined, user: { name: 'alice', tag: undefined }, listener: 0 };
const ADDRESSES = ['10.0.0.1', '10.1.0.1', '10.1.2.3', '9.9.9.9', '2001:db8::1', '2001:db9::'].map((text) => {
  const ip = parseIp(text);
  assert.ok(ip !== undefined);
  return ip;
});

function meaning(rule: Written | undefined): 'refuse' | 'direct' | 'gateway' {
  if (rule === undefined || rule.clients !== undefined) return 'gateway';
  if (rule.ruling === 'block') return 'refuse';
  return rule.ruling === DIRECT ? 'direct' : 'gateway';
}

test('a file never sends a browser where the gateway would not: compared with the rules themselves', () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const range = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0', '2001:db8::/32');
  const ports = fc.constantFrom<readonly PortRange[]>([], [], [{ from: 443, to: 443 }], [{ from: 1, to: 80 }]);
  const alice: ClientConditions = { client: [], user: ['alice'], tag: [], listener: [] };
  const rule = fc.record({
    ruling: fc.constantFrom<Ruling>('block', DIRECT, PROXY),
    lists: fc.option(fc.record({ domain: fc.array(name), domain_suffix: fc.array(name), cidr: fc.array(range) })),
    ports,
    isForSome: fc.boolean(),
  });
  const hosts = [...['a', 'b.a', 'c.b.a', 'a.b', 'c', 'b.c.a'], ...['10.0.0.1', '10.1.0.0', '10.1.2.3', '9.9.9.9']];
  const urls = hosts.flatMap((host) => [443, 80, 8080].map((port) => ({ host, port })));
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), (drawn) => {
      const written = drawn.map(
        ({ ruling, lists, ports: on, isForSome }, at): Written => ({
          ...(lists ?? {}),
          ruling,
          ports: on,
          ...(isForSome && at % 2 === 1 ? { clients: alice } : {}),
        }),
      );
      const tables = tablesOf(written);
      const matcher = new Rules(tables);
      const say = saysOf(pacPolicy({ tables, lines: LINES, hosts: [] }));
      for (const { host, port } of urls) {
        const target = targetOfName(host, port);
        assert.ok(target !== undefined);
        const said = say(`http://${host}:${port}/`);
        outcomes.add(said);
        const number = matcher.find(target);
        const expected = meaning(written[number]);
        if (number !== matcher.find(target, ALICE)) assert.equal(said, 'gateway', host);
        else if (said !== 'gateway') assert.equal(said, expected, `${host}:${port}`);
        else if (expected === 'direct') {
          assert.equal(target.ip, undefined);
          assert.ok(written.some((one, at) => at < number && one.cidr !== undefined && meaning(one) !== 'direct'));
        } else assert.equal(expected, 'gateway', `${host}:${port}`);
        if (said !== 'direct' || target.ip !== undefined) continue;
        for (const ip of ADDRESSES) {
          assert.equal(meaning(written[matcher.findResolved(target, ip)]), 'direct', host);
          assert.equal(meaning(written[matcher.findResolved(target, ip, ALICE)]), 'direct', host);
        }
      }
    }),
    { numRuns: 300 },
  );
  assert.deepEqual([...outcomes].sort(), ['direct', 'gateway', 'refuse']);
});
