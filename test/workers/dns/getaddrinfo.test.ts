// `system` beside the C library's getaddrinfo: the same resolv.conf, environment and servers, in namespaces of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Namespace, withoutNamespaces } from '../../helpers/namespace.js';
import type { Comparison, Machine } from '../../helpers/resolver-world.js';

const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
const [major = 0, minor = 0] = (report.header.glibcVersionRuntime ?? '').split('.').map(Number);
/** Before 2.26 it knew six domains. */
const hasGlibc = major > 2 || (major === 2 && minor >= 26);
const skip = hasGlibc ? (withoutNamespaces() ?? false) : 'this is no glibc to compare with';

let world: Namespace<Machine, { comparisons: Comparison[] }>;
before(async () => {
  if (skip === false) world = await Namespace.start(new URL('../../helpers/resolver-world.js', import.meta.url));
});
after(() => world?.close());

const a = (last: number) => ({ A: [`192.0.2.${last}`], ttl_s: 60 });
const ZONES = {
  'www.corp.test': a(80),
  'www.lan.test': a(81),
  'www.example.test': { A: ['192.0.2.82'], AAAA: ['2001:db8::82'], ttl_s: 60 },
  'nodata.corp.test': {},
  'nodata.lan.test': a(83),
  'six.corp.test': { AAAA: ['2001:db8::84'], ttl_s: 60 },
  'six.lan.test': a(85),
  'silent.lan.test': a(79),
  'fails.lan.test': a(86),
  'refused.lan.test': a(87),
  refused: a(88),
  'refused.dotted.lan.test': a(89),
  single: a(90),
  'a.b': a(91),
  'four.d4.test': a(92),
  'nine.d9.test': a(93),
  'dangling.corp.test': { CNAME: 'gone.test', ttl_s: 60 },
  'dangling.lan.test': a(94),
  'gone.test': {},
};
const TRICKS = {
  'fails.corp.test': 'servfail',
  'refused.corp.test': 'refused',
  'refused.dotted.corp.test': 'refused',
  'fails.example.test': 'servfail',
  'silent.corp.test': 'drop',
} as const;
const USUAL = { zones: ZONES, tricks: TRICKS, wildcards: { 'trap.test': a(66) } };
const SERVER = 'nameserver 127.0.0.1\n';

const MACHINES: Readonly<Record<string, Omit<Machine, 'zones'>>> = {
  'no search list': {
    resolvConf: SERVER,
    names: ['www', 'www.example.test', 'www.example.test.', 'none.test', 'single'],
  },
  'a search list': {
    resolvConf: `${SERVER}search corp.test lan.test\n`,
    names: [
      'www',
      'www.',
      'WWW',
      'www.example.test',
      'nodata',
      'six',
      'fails',
      'refused',
      'refused.dotted',
      'none',
      'single',
      'a.b',
    ],
  },
  'a name with dots enough is tried as it is first': {
    resolvConf: `${SERVER}search corp.test lan.test\noptions ndots:2\n`,
    names: ['www', 'a.b', 'www.example.test', 'fails.example.test', 'a.b.c.d'],
  },
  'an absolute name is never searched': {
    resolvConf: `${SERVER}search trap.test corp.test\noptions ndots:5\n`,
    names: ['www.example.test.', 'www.example.test', 'none.test.', 'www.'],
  },
  'the last ndots counts': {
    resolvConf: `${SERVER}search trap.test\noptions ndots:1\noptions ndots:5 ndots:3\n`,
    names: ['a.b.c', 'a.b.c.d', 'www.example.test'],
  },
  'ndots is at most 15': {
    resolvConf: `${SERVER}search trap.test\noptions ndots:99\n`,
    names: [`${'a.'.repeat(14)}b`, `${'a.'.repeat(15)}b`],
  },
  'ndots:0': { resolvConf: `${SERVER}search lan.test\noptions ndots:0\n`, names: ['single', 'www', 'none'] },
  'ndots that is no number': { resolvConf: `${SERVER}search lan.test\noptions ndots:x\n`, names: ['single', 'www'] },
  'ndots below nothing': { resolvConf: `${SERVER}search lan.test\noptions ndots:-1\n`, names: ['www.example.test'] },
  'the last search line counts': { resolvConf: `search corp.test\nsearch lan.test\n${SERVER}`, names: ['www'] },
  'domain after search': { resolvConf: `search corp.test\ndomain lan.test\n${SERVER}`, names: ['www', 'nodata'] },
  'search after domain': { resolvConf: `domain corp.test\nsearch lan.test\n${SERVER}`, names: ['www'] },
  'a search line without a domain': { resolvConf: `search corp.test\nsearch\nsearch \n${SERVER}`, names: ['www'] },
  'domain takes one': { resolvConf: `domain corp.test lan.test\n${SERVER}`, names: ['nodata', 'www'] },
  'nine domains': {
    resolvConf: `${SERVER}search ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `d${n}.test`).join(' ')}\n`,
    names: ['nine', 'four', 'none'],
  },
  'the root in the list': {
    resolvConf: `${SERVER}search corp.test . lan.test\n`,
    names: ['single', 'www', 'nodata', 'none'],
  },
  'only the root': { resolvConf: `${SERVER}search .\n`, names: ['single', 'www', 'none'] },
  'no-tld-query': {
    resolvConf: `${SERVER}search corp.test\noptions no-tld-query\n`,
    names: ['single', 'www', 'www.example.test', 'a.b'],
  },
  'no-tld-query without a list': { resolvConf: `${SERVER}options no-tld-query\n`, names: ['single'] },
  'a dangling alias': { resolvConf: `${SERVER}search corp.test lan.test\n`, names: ['dangling'] },
  'options that change no answer': {
    resolvConf: `${SERVER}search corp.test\noptions edns0 trust-ad single-request single-request-reopen timeout:1 attempts:1 no-reload\n`,
    names: ['www', 'www.example.test', 'none'],
  },
  'use-vc': { resolvConf: `${SERVER}search corp.test\noptions use-vc\n`, names: ['www', 'none'] },
  'no-aaaa': { resolvConf: `${SERVER}search corp.test\noptions no-aaaa\n`, names: ['www.example.test', 'six'] },
  'comments, and lines that do not begin with a keyword': {
    resolvConf: `; search lan.test\n# search lan.test\n${SERVER} search lan.test\nsearch\tcorp.test # lan.test\nnameserver 127.0.0.9;x\nsearchlan.test\n`,
    names: ['www'],
  },
  'more than three servers': {
    resolvConf: ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'].map((ip) => `nameserver ${ip}\n`).join(''),
    servers: {
      '127.0.0.2': { zones: ZONES, tricks: { 'www.example.test': 'servfail', 'www.corp.test': 'servfail' } },
      '127.0.0.3': { zones: ZONES, tricks: { 'www.example.test': 'refused', 'www.corp.test': 'servfail' } },
      '127.0.0.4': { zones: ZONES, tricks: { 'www.corp.test': 'servfail' } },
      '127.0.0.5': { zones: ZONES },
    },
    names: ['www.example.test', 'www.corp.test', 'www.lan.test'],
  },
  'the first server counts, not the fastest': {
    resolvConf: 'nameserver 127.0.0.2\nnameserver 127.0.0.3\n',
    servers: { '127.0.0.2': { zones: ZONES }, '127.0.0.3': { zones: { 'www.corp.test': a(99), 'none.test': a(98) } } },
    names: ['www.corp.test', 'none.test'],
  },
  'a silent domain ends the list': {
    resolvConf: `${SERVER}search corp.test lan.test\noptions timeout:1 attempts:1\n`,
    names: ['silent'],
  },
  'no server': { resolvConf: 'search corp.test\n', names: ['www', 'none'] },
  'an empty file': { resolvConf: '', names: ['www.corp.test'] },
  'a server with a zone': { resolvConf: 'nameserver fe80::53%lo\nnameserver 127.0.0.1\n', names: ['www.corp.test'] },
  "the host's own domain": { resolvConf: SERVER, hostname: 'box.corp.test', names: ['www', 'nodata', 'none'] },
  "the host's own domain beside a list": {
    resolvConf: `${SERVER}search lan.test\n`,
    hostname: 'box.corp.test',
    names: ['www', 'nodata'],
  },
  LOCALDOMAIN: {
    resolvConf: `${SERVER}search corp.test\n`,
    environment: { LOCALDOMAIN: 'trap.test lan.test' },
    names: ['www', 'nodata', 'www.example.test'],
  },
  'an empty LOCALDOMAIN': {
    resolvConf: `${SERVER}search corp.test\n`,
    environment: { LOCALDOMAIN: '' },
    names: ['www', 'single'],
  },
  RES_OPTIONS: {
    resolvConf: `${SERVER}search trap.test\noptions ndots:1\n`,
    environment: { RES_OPTIONS: 'ndots:3 edns0' },
    names: ['a.b.c', 'www.example.test'],
  },
  HOSTALIASES: {
    resolvConf: `${SERVER}search corp.test\n`,
    aliases: 'web www.example.test\nshort www\nwww www.lan.test\ndot www.lan.test.\n',
    names: ['web', 'WEB', 'short', 'www', 'dot', 'web.', 'www.example.test'],
  },
  '/etc/hosts comes first': {
    resolvConf: `${SERVER}search corp.test\n`,
    hosts: '127.0.0.1 localhost\n::1 localhost\n192.0.2.1 www own\n2001:db8::1 own\n',
    names: ['www', 'own', 'localhost', 'www.corp.test'],
  },
};

for (const [behaviour, machine] of Object.entries(MACHINES)) {
  test(`${behaviour}: as getaddrinfo has it`, { skip }, async () => {
    const { comparisons } = await world.ask({ ...USUAL, ...machine });
    for (const { name, library, ours } of comparisons) assert.deepEqual(ours, library, name);
  });
}
