// Metrics of lines: each has one series, whose label is its name. What only grows is told of lines that are gone, too.
import { TIME_BOUNDS_MS } from '../../../../threads/shared/time-histogram.js';
import { HEALTH } from '../../shared/line-health.js';
import { LINE_UDP } from '../../shared/line-udp.js';
import type { LineReading } from '../readings/readings.js';
import { counter, gauge, type OurFamily, times } from './family.js';

const counts = (name: string, help: string, of: (line: LineReading) => number): OurFamily =>
  counter(name, help, ['line'], ({ lines }, put) => {
    for (const line of lines) put(of(line), line.name);
  });

export const LINES: readonly OurFamily[] = [
  gauge(
    'tcproute_line_info',
    '1 for each line, with the kind of its first proxy, or direct, and its tier.',
    ['line', 'kind', 'tier'],
    ({ lines }, put) => {
      for (const { name, info } of lines) if (info !== undefined) put(1, name, info.kind, String(info.tier));
    },
  ),
  counts('tcproute_line_attempts_total', 'Dials of races over the line.', ({ counts }) => counts.attempts),
  counts(
    'tcproute_line_connected_total',
    'Dials over the line that were connected to the destination before their race was over.',
    ({ counts }) => counts.connected,
  ),
  counts(
    'tcproute_line_failures_total',
    'Dials over the line that failed by themselves before their race was over.',
    ({ counts }) => counts.failures,
  ),
  counts('tcproute_line_wins_total', 'Connections that the line carries, or has carried.', ({ counts }) => counts.wins),
  counts(
    'tcproute_line_rescues_total',
    'Connections that the line won although another one was the first choice.',
    ({ counts }) => counts.rescues,
  ),
  counts(
    'tcproute_line_unanswered_total',
    'Servers that were connected over the line, and did not answer a ClientHello before another one did.',
    ({ counts }) => counts.unanswered,
  ),
  counter(
    'tcproute_line_bytes_total',
    'Bytes that the line has carried, up from clients and down to them; of live connections, as of five seconds ago at most.',
    ['line', 'direction'],
    ({ lines }, put) => {
      for (const { name, carried } of lines) {
        put(carried.up, name, 'up');
        put(carried.down, name, 'down');
      }
    },
  ),
  times(
    'tcproute_line_connect_seconds',
    'Time from the start of a dial over the line until the destination was connected.',
    ['line'],
    TIME_BOUNDS_MS,
    ({ lines }, put) => {
      for (const { name, counts } of lines) put(counts.connect, name);
    },
  ),
  times(
    'tcproute_line_first_byte_seconds',
    'Time from the first bytes of a client until the first byte of the destination came over the line.',
    ['line'],
    TIME_BOUNDS_MS,
    ({ lines }, put) => {
      for (const { name, counts } of lines) put(counts.firstByte, name);
    },
  ),
  gauge(
    'tcproute_line_state',
    '1 for the state of the line, 0 for the others: down where its proxy cannot be reached, dead where nothing gets through.',
    ['line', 'state'],
    ({ routes }, put) => {
      for (const { name, state: now } of routes?.lines ?? []) {
        for (const state of HEALTH) put(state === now ? 1 : 0, name, state);
      }
    },
  ),
  gauge(
    'tcproute_line_udp',
    '1 for what the line makes of datagrams (docs/udp.md), 0 for the others: refuses where a proxy does, unreachable where it could not be asked.',
    ['line', 'state'],
    ({ lines }, put) => {
      for (const { name, udp } of lines)
        if (udp !== undefined) for (const state of LINE_UDP) put(state === udp ? 1 : 0, name, state);
    },
  ),
  gauge(
    'tcproute_line_answers_early',
    '1 for a line that says that it is connected before it is.',
    ['line'],
    ({ routes }, put) => {
      for (const { name, answersEarly } of routes?.lines ?? []) put(answersEarly ? 1 : 0, name);
    },
  ),
  gauge('tcproute_line_paused', '1 for a line that an operator has paused.', ['line'], ({ routes }, put) => {
    for (const { name, isPaused } of routes?.lines ?? []) put(isPaused ? 1 : 0, name);
  }),
];
