// Metrics of the program itself: what it is, its actors, what it lost of its logs, and what it remembers.
import { TURN_BOUNDS_MS } from '../../../../threads/shared/time-histogram.js';
import { counter, gauge, type OurFamily, times } from './family.js';

export const PROGRAM: readonly OurFamily[] = [
  gauge(
    'tcproute_build_info',
    '1, with the versions of TcpRoute and Node.',
    ['version', 'node'],
    ({ version }, put) => {
      if (version !== undefined) put(1, version, process.version);
    },
  ),
  counter(
    'tcproute_actor_turns_total',
    'Turns of the loop of a connection actor: its heartbeat.',
    ['actor'],
    ({ actors }, put) => {
      for (const { actor, turns } of actors) put(turns, String(actor));
    },
  ),
  times(
    'tcproute_actor_turn_seconds',
    'Time that a turn of a connection actor, or of main, has taken. What comes meanwhile waits as long.',
    ['actor'],
    TURN_BOUNDS_MS,
    ({ actors, gateway }, put) => {
      put(gateway.turnTimes, 'main');
      for (const { actor, turnTimes } of actors) put(turnTimes, String(actor));
    },
  ),
  times(
    'tcproute_actor_late_seconds',
    'How late the regular work of an actor began that counts no turns. What comes to it meanwhile waits, too.',
    ['actor'],
    TURN_BOUNDS_MS,
    ({ gateway }, put) => {
      for (const [kind, lateness] of gateway.lateness) put(lateness, kind);
    },
  ),
  gauge(
    'tcproute_actor_queue_clients',
    'Clients that wait for a connection actor now.',
    ['actor'],
    ({ actors }, put) => {
      for (const { actor, queued } of actors) put(queued, String(actor));
    },
  ),
  counter(
    'tcproute_log_lines_dropped_total',
    'Lines of the log and of the access log that were dropped, since they could not be written fast enough.',
    ['log'],
    ({ counters, gateway }, put) => {
      put(counters.logsDropped + gateway.logsDropped, 'log');
      put(counters.accessDropped + gateway.accessDropped, 'access');
    },
  ),
  counter(
    'tcproute_actor_restarts_total',
    'Actors that died and were started again, by their kind.',
    ['actor'],
    ({ gateway }, put) => {
      for (const [kind, count] of gateway.deaths) put(count, kind);
    },
  ),
  counter(
    'tcproute_reloads_total',
    'Reloads of the configuration that were made, and that were refused, when nothing has changed.',
    ['result'],
    ({ gateway }, put) => {
      put(gateway.reloads, 'made');
      put(gateway.reloadsRefused, 'refused');
    },
  ),
  counter(
    'tcproute_upgrades_total',
    'Upgrades that were made, by earlier processes too, and those that were refused by this one.',
    ['result'],
    ({ gateway }, put) => {
      put(gateway.upgrades, 'made');
      put(gateway.upgradesRefused, 'refused');
    },
  ),
  counter(
    'tcproute_unasked_events_total',
    'Events of sockets that no part of the gateway had asked for: bugs.',
    [],
    ({ counters }, put) => put(counters.unasked),
  ),
  counter(
    'tcproute_traces_total',
    'Traces that the collector has taken, and those that were dropped since it is slow or down, or there were too many.',
    ['result'],
    ({ traces }, put) => {
      put(traces.sent, 'sent');
      put(traces.dropped, 'dropped');
    },
  ),
  gauge('tcproute_remembered_destinations', 'Destinations that are remembered now.', [], ({ routes }, put) => {
    if (routes !== undefined) put(routes.destinations);
  }),
  gauge(
    'tcproute_remembered_destinations_max',
    'Destinations that may be remembered (cache.entries_max).',
    [],
    ({ routes }, put) => {
      if (routes !== undefined) put(routes.destinations_max);
    },
  ),
  gauge(
    'tcproute_scrape_source_up',
    '1 for an actor that answered this scrape in time, 0 for one that did not: what it knows is missing.',
    ['source'],
    ({ names, routes, share }, put) => {
      put(names === undefined ? 0 : 1, 'dns');
      put(routes === undefined ? 0 : 1, 'routes');
      if (share !== undefined) put(share.seen === undefined ? 0 : 1, 'share');
    },
  ),
];
