// Metrics of what the gateway shares with the others of its site. There are none where it shares nothing.
import type { ShareSeen } from '../../../../threads/contracts/admin/share.js';
import { TURN_BOUNDS_MS } from '../../../../threads/shared/time-histogram.js';
import type { Put } from '../exposition/family.js';
import { counter, gauge, type OurFamily, times } from './family.js';

const counts = (name: string, help: string, labels: readonly string[], read: (seen: ShareSeen, put: Put) => void) =>
  counter(name, help, labels, ({ share }, put) => {
    if (share?.seen !== undefined) read(share.seen, put);
  });

const each = (counted: Readonly<Record<string, number>> | undefined, put: Put): void => {
  for (const [word, count] of Object.entries(counted ?? {})) put(count, word);
};

const isUsable = (seen: ShareSeen | undefined): boolean =>
  seen?.engine.state === 'up' && seen.engine.fault !== 'permission';

export const SHARE: readonly OurFamily[] = [
  gauge(
    'tcproute_share_up',
    '1 while the engine (Redis or Valkey) over which the site shares can be used, 0 while it is away or the user may not do there what is needed.',
    [],
    ({ share }, put) => {
      if (share !== undefined) put(isUsable(share.seen) ? 1 : 0);
    },
  ),
  gauge(
    'tcproute_share_info',
    '1, with the site, the name of this gateway in it, and the engine with its version.',
    ['site', 'gateway', 'engine'],
    ({ share }, put) => {
      if (share?.seen !== undefined) put(1, share.seen.site, share.seen.gateway, share.seen.engine.server ?? '');
    },
  ),
  counts(
    'tcproute_share_connects_total',
    'Connections to the engine that were made: more than one tells of an engine that was away.',
    [],
    ({ engine }, put) => put(engine.connects),
  ),
  counts(
    'tcproute_share_round_trips_total',
    'Pipelines of commands that were sent to the engine.',
    [],
    ({ engine }, put) => put(engine.round_trips),
  ),
  counts('tcproute_share_commands_total', 'Commands that were sent to the engine.', [], ({ engine }, put) =>
    put(engine.commands),
  ),
  counts(
    'tcproute_share_bytes_total',
    'Bytes that were sent to the engine, and received from it.',
    ['direction'],
    ({ engine }, put) => {
      put(engine.bytes_sent, 'sent');
      put(engine.bytes_received, 'received');
    },
  ),
  times(
    'tcproute_share_round_trip_seconds',
    'Time from the sending of a pipeline until the engine had answered all of it.',
    [],
    TURN_BOUNDS_MS,
    ({ share }, put) => {
      if (share?.seen !== undefined) put(share.seen.engine.times);
    },
  ),
  counts(
    'tcproute_share_faults_total',
    'Connections to the engine that failed or ended, and replies that were faults, by what was wrong.',
    ['fault'],
    ({ engine }, put) => each(engine.faults, put),
  ),
  counts(
    'tcproute_share_unanswered_total',
    'Pipelines that were not sent, since the engine was away or too much was under way (dropped), and those that were not answered in their time (late).',
    ['how'],
    ({ engine }, put) => {
      put(engine.dropped, 'dropped');
      put(engine.late, 'late');
    },
  ),
  counts(
    'tcproute_share_writes_dropped_total',
    'Writes that were given up while the engine was away: there were too many, or they were too old.',
    [],
    ({ engine }, put) => put(engine.writes_dropped),
  ),
  gauge('tcproute_share_writes_waiting', 'Writes that wait for the engine now.', [], ({ share }, put) => {
    if (share?.seen !== undefined) put(share.seen.engine.writes_waiting);
  }),
  counts(
    'tcproute_share_pulls_total',
    'Destinations of first contacts, by whether another gateway knew something of them (found, missed; missed-known without a question); those that were not asked for in time (dropped) or not answered in time (unanswered).',
    ['result'],
    ({ routes }, put) => {
      if (routes === undefined) return;
      put(routes.found, 'found');
      put(routes.missed, 'missed');
      put(routes.missed_known, 'missed-known');
      put(routes.dropped, 'dropped');
      put(routes.unanswered, 'unanswered');
    },
  ),
  counter(
    'tcproute_share_hints_total',
    'Hints of other gateways at first contacts, by what became of them: asked (destinations asked for), told (answers of the share actor), too-late (answers after the first dial), first (races that began with the line of a hint), useful (of these, those where an answer then came over that line).',
    ['what'],
    ({ share, counters }, put) => {
      if (share === undefined) return;
      put(counters.hintsAsked, 'asked');
      put(counters.hintsTold, 'told');
      put(counters.hintsTooLate, 'too-late');
      put(counters.hintsFirst, 'first');
      put(counters.hintsUseful, 'useful');
    },
  ),
  counts(
    'tcproute_share_routes_written_total',
    'Destinations of which this gateway has told the site what works.',
    [],
    ({ routes }, put) => {
      if (routes !== undefined) put(routes.written);
    },
  ),
  counts(
    'tcproute_share_values_refused_total',
    'What the engine had of destinations and no gateway of the site has written there, or what was damaged.',
    [],
    ({ routes }, put) => {
      if (routes !== undefined) put(routes.refused);
    },
  ),
  counts('tcproute_share_news_told_total', 'News that this gateway has told the site.', [], ({ news }, put) => {
    if (news !== undefined) put(news.told);
  }),
  counts(
    'tcproute_share_news_read_total',
    'News of other gateways that were believed, by what they tell: that a line is down, or up again; that an address is false, or works.',
    ['kind'],
    ({ news }, put) => each(news?.read, put),
  ),
  counts(
    'tcproute_share_news_refused_total',
    'News of other gateways that were not believed, by why.',
    ['cause'],
    ({ news }, put) => each(news?.refused, put),
  ),
  gauge('tcproute_share_leases', 'Leases of limits that this gateway holds now.', [], ({ share }, put) => {
    if (share?.seen?.limits !== undefined) put(share.seen.limits.leases);
  }),
  counts(
    'tcproute_share_claims_total',
    'Claims of leases that were made, that were refused since the site has nothing left, and questions that were not answered.',
    ['what'],
    ({ limits }, put) => {
      if (limits === undefined) return;
      put(limits.claimed, 'made');
      put(limits.refused, 'refused');
      put(limits.unanswered, 'unanswered');
    },
  ),
  gauge(
    'tcproute_share_limits_lost',
    '1 while the leases have run out with the engine away, so that share.on_loss holds.',
    [],
    ({ share }, put) => {
      if (share?.seen?.limits !== undefined) put(share.seen.limits.is_lost ? 1 : 0);
    },
  ),
];
