// Metrics of datagrams: associations, flows, what was dropped, and the races of QUIC.

import { TIME_BOUNDS_MS } from '../../../../threads/shared/time-histogram.js';
import { UdpCounts } from '../../../../threads/shared/udp-counts.js';
import { counter, gauge, type OurFamily, times } from './family.js';

export const UDP: readonly OurFamily[] = [
  counter('tcproute_udp_associations_total', 'Clients that were told where to send datagrams.', [], ({ udp }, put) =>
    put(udp.associations),
  ),
  counter(
    'tcproute_udp_associations_refused_total',
    'Clients that got a reply of failure to UDP ASSOCIATE.',
    [],
    ({ udp }, put) => put(udp.associationsRefused),
  ),
  gauge('tcproute_udp_associations_open', 'Associations now.', [], ({ udp }, put) =>
    put(Math.max(0, UdpCounts.liveAssociations(udp))),
  ),
  counter(
    'tcproute_udp_flows_total',
    'Flows (what an association exchanges with one destination) that were opened.',
    [],
    ({ udp }, put) => put(udp.flows),
  ),
  counter('tcproute_udp_dns_flows_total', 'Those of them to port 53.', [], ({ udp }, put) => put(udp.dnsFlows)),
  counter('tcproute_udp_quic_flows_total', 'Those of them that began as QUIC does.', [], ({ udp }, put) =>
    put(udp.quicFlows),
  ),
  counter(
    'tcproute_udp_flows_ended_total',
    'Flows that have ended, by how they ended.',
    ['outcome'],
    ({ udp }, put) => {
      for (const [how, count] of Object.entries(udp.flowsEnded)) put(count, how);
    },
  ),
  gauge('tcproute_udp_flows_open', 'Flows now.', [], ({ udp }, put) => put(Math.max(0, UdpCounts.liveFlows(udp)))),
  counter(
    'tcproute_udp_datagrams_total',
    'Datagrams that were sent to destinations (up) and to clients (down).',
    ['direction'],
    ({ udp }, put) => {
      put(udp.datagramsUp, 'up');
      put(udp.datagramsDown, 'down');
    },
  ),
  counter(
    'tcproute_udp_bytes_total',
    'Bytes of these, without the headers in front of them.',
    ['direction'],
    ({ udp }, put) => {
      put(udp.bytesUp, 'up');
      put(udp.bytesDown, 'down');
    },
  ),
  counter(
    'tcproute_udp_dropped_total',
    'Datagrams that were dropped, by the cause (docs/udp.md).',
    ['cause'],
    ({ udp }, put) => {
      for (const [cause, count] of Object.entries(udp.dropped)) put(count, cause);
    },
  ),
  counter(
    'tcproute_udp_quic_races_total',
    'QUIC flows whose first datagrams went out over a second line, since no authentic answer had come.',
    [],
    ({ udp }, put) => put(udp.races),
  ),
  counter(
    'tcproute_udp_quic_rescues_total',
    'QUIC flows that another line than the first one carried.',
    [],
    ({ udp }, put) => put(udp.rescues),
  ),
  counter(
    'tcproute_udp_quic_forged_total',
    'Datagrams that claimed to be the first answer of a QUIC server and were not authentic.',
    [],
    ({ udp }, put) => put(udp.forged),
  ),
  times(
    'tcproute_udp_quic_answer_seconds',
    'From the first datagram of a QUIC flow to the first authentic answer.',
    [],
    TIME_BOUNDS_MS,
    ({ udp }, put) => put(udp.quicAnswer),
  ),
];
