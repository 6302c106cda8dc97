// Metrics of connections: of listeners, of handshakes, of what became of them, and of the races as a whole.
import { counter, gauge, type OurFamily } from './family.js';

export const CONNECTIONS: readonly OurFamily[] = [
  counter(
    'tcproute_connections_opened_total',
    'Clients that a connection actor has taken over, by listener.',
    ['listener'],
    ({ listeners }, put) => {
      for (const { name, opened } of listeners) put(opened, name);
    },
  ),
  counter(
    'tcproute_connections_ended_total',
    'Connections that have ended, by listener and by how they ended.',
    ['listener', 'outcome'],
    ({ listeners }, put) => {
      for (const { name, ended } of listeners) for (const [how, count] of Object.entries(ended)) put(count, name, how);
    },
  ),
  gauge('tcproute_connections_open', 'Connections now, by listener.', ['listener'], ({ listeners }, put) => {
    for (const { name, opened, ended } of listeners) {
      put(Math.max(0, opened - Object.values(ended).reduce((sum, count) => sum + count, 0)), name);
    }
  }),
  gauge(
    'tcproute_connections_max',
    'Connections that the gateway takes at a time (limits.connections_max).',
    [],
    ({ connections_max }, put) => put(connections_max),
  ),
  counter('tcproute_clients_accepted_total', 'Clients that were accepted, by listener.', ['listener'], (read, put) => {
    for (const { name, arrivals } of read.listeners) put(arrivals.accepted, name);
  }),
  counter(
    'tcproute_clients_turned_away_total',
    'Clients that were refused because of where they came from, or since their network was over a limit.',
    ['listener', 'cause'],
    ({ listeners }, put) => {
      for (const { name, arrivals } of listeners) {
        put(arrivals.refused, name, 'not-allowed');
        put(arrivals.limited, name, 'over-limit');
      }
    },
  ),
  counter(
    'tcproute_handshake_failures_total',
    'Clients that did not come to say where they want to go, by what they spoke and why.',
    ['protocol', 'cause'],
    ({ handshakes }, put) => {
      for (const { spoken, how, count } of handshakes) put(count, spoken, how);
    },
  ),
  counter(
    'tcproute_connections_succeeded_total',
    'Clients that got a reply of success: a line had connected to the destination.',
    [],
    ({ counters }, put) => put(counters.connected),
  ),
  counter(
    'tcproute_connections_failed_total',
    'Clients that got a reply of failure, by its cause.',
    ['cause'],
    ({ failures }, put) => {
      for (const [cause, count] of failures) put(count, cause);
    },
  ),
  counter(
    'tcproute_user_claims_total',
    'Names and passwords of clients: right, wrong, or not compared since there were too many wrong ones.',
    ['result'],
    ({ counters }, put) => {
      put(counters.claimsKnown, 'right');
      put(counters.claimsUnknown, 'wrong');
      put(counters.claimsTooMany, 'not-compared');
    },
  ),
  counter('tcproute_dials_total', 'Dials of all races.', [], ({ counters }, put) => put(counters.attempts)),
  gauge(
    'tcproute_dial_amplification_ratio',
    'Dials for each connection that succeeded, since the start. For a time, divide the rates of the two counters.',
    [],
    ({ counters: { attempts, connected } }, put) => put(connected === 0 ? 0 : attempts / connected),
  ),
  counter(
    'tcproute_first_contacts_total',
    'Races for a destination of which no candidate was remembered to work.',
    [],
    ({ counters }, put) => put(counters.firstContacts),
  ),
  counter(
    'tcproute_hello_replays_total',
    'ClientHellos that were sent again to another candidate, since the first did not answer.',
    [],
    ({ counters }, put) => put(counters.replays),
  ),
  counter(
    'tcproute_hello_rescues_total',
    'Connections that were carried by a candidate to which the ClientHello was sent again.',
    [],
    ({ counters }, put) => put(counters.rescued),
  ),
  counter(
    'tcproute_probes_for_room_total',
    'Silent connections that were probed since limits.connections_max was near.',
    [],
    ({ counters }, put) => put(counters.probedForRoom),
  ),
];
