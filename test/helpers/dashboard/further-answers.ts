// The further parts of the scene: what is remembered, names, and the gateway itself.
import type {
  AskedName,
  BadAddressList,
  ConfigurationState,
  DestinationDetail,
  DestinationList,
  DnsState,
  KeptName,
  RuleTest,
} from '../../../dashboard/api/shapes.js';
import { ago } from './ago.js';
import type { Answers } from './fake-gateway.js';

export const rememberedAnswers = (hosts: readonly string[], lines: readonly string[]): Answers => ({
  'GET /routes': {
    total: 1204,
    routes: hosts.map((destination, index) => ({
      destination,
      pinned: index === 1 ? 'tokyo' : null,
      best: index === 4 ? null : { line: lines[index % 3] as string, address: `203.0.113.${20 + index}` },
      candidates: 1 + (index % 4),
      worked_age_ms: index === 4 ? null : 4000 + index * 41_000,
    })),
  } satisfies DestinationList,
  'GET /routes/video.example.net%3A443': {
    destination: hosts[0] as string,
    pinned: null,
    candidates: [
      {
        line: 'tokyo',
        address: '198.51.100.7',
        is_best: true,
        why: [{ kind: 'best', text: 'the best of what is remembered' }],
        connect: { mean_ms: 86.4, samples: 31 },
        first_byte: { mean_ms: 153.2, samples: 31 },
        successes: 31,
        failures: [],
        worked_age_ms: 4000,
      },
      {
        line: 'direct',
        address: '203.0.113.20',
        is_best: false,
        why: [{ kind: 'failing', text: 'failing here for another 12 s after 4 failures (timed out)' }],
        connect: { mean_ms: 11.5, samples: 4 },
        first_byte: null,
        successes: 0,
        failures: [{ cause: 'timed-out', count: 4 }],
        worked_age_ms: null,
      },
    ],
  } satisfies DestinationDetail,
  'PUT /routes/video.example.net%3A443/pin': { changed: true, destination: hosts[0], line: 'tokyo' },
  'DELETE /routes/video.example.net%3A443': { forgotten: 1 },
});

const NOWHERE = { names: [], servers: [], last: [] };

export const nameAnswers = (): Answers => ({
  'GET /bad-addresses': {
    total: 3,
    addresses: [
      {
        address: '10.10.34.35',
        everywhere: true,
        ...NOWHERE,
        evidence: [{ how: 'static', by: 'config', name: null, since: null, renewed: null, expires: null }],
      },
      {
        address: '203.0.113.99',
        everywhere: false,
        ...NOWHERE,
        names: ['video.example.net'],
        servers: ['udp://8.8.8.8:53'],
        evidence: [
          {
            how: 'injection',
            by: 'udp://8.8.8.8:53',
            name: 'video.example.net',
            since: ago(90_000),
            renewed: ago(320),
            expires: ago(-80_000),
          },
        ],
      },
      {
        address: '198.51.100.200',
        everywhere: true,
        ...NOWHERE,
        evidence: [
          { how: 'operator', by: 'operator', name: null, since: ago(4000), renewed: ago(4000), expires: null },
        ],
      },
    ],
  } satisfies BadAddressList,
  'POST /bad-addresses': {},
  'DELETE /bad-addresses/198.51.100.200': { address: '198.51.100.200', undone: true },
  'GET /dns': {
    servers: [
      {
        id: 'udp://8.8.8.8:53',
        backup: false,
        latency_ms: 24.3,
        counts: { queries: 9120, addresses: 8110, nxdomain: 600, timeouts: 310, suspect: 100 },
      },
      {
        id: 'https://dns.example/dns-query',
        backup: true,
        latency_ms: 61.2,
        counts: { queries: 410, addresses: 409, timeouts: 1 },
      },
    ],
    lookups: { lookups: 24_567, hits: 18_402, misses: 6120, hosts: 14, stale: 31 },
  } satisfies DnsState,
  'POST /dns/ask': {
    answers: [
      {
        server: 'udp://8.8.8.8:53',
        type: 'A',
        time_ms: 4.1,
        kind: 'addresses',
        addresses: ['203.0.113.99'],
        verdict: 'suspect',
        why: 'it was forged: it came ahead of the true answer to a question',
      },
      {
        server: 'https://dns.example/dns-query',
        type: 'A',
        time_ms: 61.8,
        kind: 'addresses',
        addresses: ['203.0.113.20'],
        verdict: 'clean',
        why: '',
      },
    ],
    choice: { code: 'found', addresses: ['203.0.113.20'] },
  } satisfies AskedName,
  'GET /dns/names/video.example.net': {
    name: 'video.example.net',
    hosts: null,
    answers: [
      {
        kind: 'found',
        freshness: 'fresh',
        ttl_s: 240,
        age_s: 60,
        parts: [{ server: 'https://dns.example/dns-query', addresses: ['203.0.113.20'] }],
      },
    ],
  } satisfies KeptName,
  'DELETE /dns/names/video.example.net': { name: 'video.example.net', forgotten: 1 },
});

const FILE = '/etc/tcproute/config.json';

export const ownAnswers = (): Answers => ({
  'GET /configuration': {
    values: [
      { key: 'listen', value: '192.168.1.1:7070', source: { kind: 'file', name: FILE, line: 3 } },
      {
        key: 'upstream',
        value: [{ name: 'tokyo', host: 'tokyo.example.net', port: 1080, password: '***' }],
        source: { kind: 'file', name: FILE, line: 8 },
      },
      { key: 'race.stagger_ms', value: 0, source: { kind: 'default' } },
    ],
  } satisfies ConfigurationState,
  'GET /rules/test': {
    rule: { place: `${FILE}: line 21: rules[2]`, blocks: false },
    lines: ['tokyo', 'frankfurt'],
    refused: null,
  } satisfies RuleTest,
  'POST /configuration/reload': { changed: ['upstream'], needs_restart: ['workers'], warnings: [] },
  'PUT /configuration/log-level': { level: 'debug', before: 'info' },
});
