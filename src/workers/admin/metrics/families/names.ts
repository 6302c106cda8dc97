// Metrics of DNS: name servers, lookups, caches, and addresses with evidence against them.
import type { NamesStatistics } from '../../../../threads/contracts/dns.js';
import { TIME_BOUNDS_MS } from '../../../../threads/shared/time-histogram.js';
import { counter, gauge, type OurFamily, times } from './family.js';

/** What comes of a question, as the servers' counts name it: each question is one of them. */
const OUTCOMES = ['addresses', 'nodata', 'nxdomain', 'failures', 'timeouts', 'errors'] as const;
/** What is noticed of answers beside that. */
const FINDINGS = ['suspect', 'held', 'contradicted', 'invalid', 'strays', 'truncated'] as const;
/** What answers a lookup. */
const ANSWERED_BY = ['literals', 'hosts', 'hits', 'misses', 'stale'] as const;

type Server = NamesStatistics['servers'][number];

function eachServer(names: NamesStatistics | undefined, see: (server: Server) => void): void {
  for (const server of names?.servers ?? []) see(server);
}

export const NAMES: readonly OurFamily[] = [
  counter(
    'tcproute_dns_queries_total',
    'Questions put to the name server, without repeats.',
    ['server'],
    ({ names }, put) => eachServer(names, ({ id, counts }) => put(counts['queries'] ?? 0, id)),
  ),
  counter(
    'tcproute_dns_repeats_total',
    'Questions that were put to the name server once more, since no answer had come.',
    ['server'],
    ({ names }, put) => eachServer(names, ({ id, counts }) => put(counts['repeats'] ?? 0, id)),
  ),
  counter(
    'tcproute_dns_replies_total',
    'Questions to the name server by what came of them; failures are SERVFAIL, REFUSED and the like, errors those of connections.',
    ['server', 'outcome'],
    ({ names }, put) =>
      eachServer(names, ({ id, counts }) => {
        for (const outcome of OUTCOMES) put(counts[outcome] ?? 0, id, outcome);
      }),
  ),
  times(
    'tcproute_dns_answer_seconds',
    'Time that the name server took to answer.',
    ['server'],
    TIME_BOUNDS_MS,
    ({ names }, put) => eachServer(names, ({ id, times }) => put(times, id)),
  ),
  counter(
    'tcproute_dns_findings_total',
    'Messages of the name server that look forged or broken, by what was noticed of them.',
    ['server', 'finding'],
    ({ names }, put) =>
      eachServer(names, ({ id, counts }) => {
        for (const finding of FINDINGS) put(counts[finding] ?? 0, id, finding);
      }),
  ),
  counter(
    'tcproute_dns_lookups_total',
    'Lookups that reached the DNS actor, by what answered: a literal address, a hosts file, the cache (hits, stale), or servers (misses).',
    ['answered_by'],
    ({ names }, put) => {
      if (names !== undefined) for (const by of ANSWERED_BY) put(names.lookups[by] ?? 0, by);
    },
  ),
  counter(
    'tcproute_dns_lookups_overloaded_total',
    'Lookups that were refused since dns.lookups_max names were being looked up.',
    [],
    ({ names }, put) => {
      if (names !== undefined) put(names.lookups['overloaded'] ?? 0);
    },
  ),
  counter(
    'tcproute_names_total',
    'Names that connections asked for, by what answered: the copy of the connection actor, or the DNS actor.',
    ['answered_by'],
    ({ counters }, put) => {
      put(counters.namesKnown, 'own-copy');
      put(counters.names - counters.namesKnown, 'dns-actor');
    },
  ),
  gauge('tcproute_dns_table_entries', 'Entries of the tables of the DNS actor now.', ['table'], ({ names }, put) => {
    for (const [table, { size }] of Object.entries(names?.tables ?? {})) put(size, table);
  }),
  gauge(
    'tcproute_dns_table_entries_max',
    'Entries that the tables of the DNS actor may have.',
    ['table'],
    ({ names }, put) => {
      for (const [table, { max }] of Object.entries(names?.tables ?? {})) put(max, table);
    },
  ),
  gauge(
    'tcproute_bad_addresses',
    'Addresses with evidence against them, by its kind, but for those of IpBlacklist; an address counts for each kind.',
    ['evidence'],
    ({ names }, put) => {
      for (const [kind, count] of Object.entries(names?.evidence ?? {})) put(count, kind);
    },
  ),
];
