// When the first flight of a QUIC connection would go out over each line if none of them ever answered: for `tcproute explain --quic`.
// The race itself says so (protocol/quic/race/schedule.ts), for the turns that a flow would have. Pure.
import { ENTRANTS_MAX, OPENING_MS } from '../../../protocol/quic/race/race.js';
import { scheduleOf } from '../../../protocol/quic/race/schedule.js';
import type { FlowLine, FlowOutlook, FlowReason } from '../../../protocol/udp/flow-outlook.js';

export interface QuicStart {
  /** The turn of the line and address in the outlook of the flow. */
  readonly turn: number;
  /** After the first flight has come, in ms. */
  readonly starts_ms: number;
}

/** In the order of the starts. Those behind them get no flight: a race has so many lines at most. */
export function quicStarts({ lines }: Pick<FlowOutlook, 'lines'>): readonly QuicStart[] {
  const turns = lines.flatMap((line) => line.addresses.map(({ turn, late_ms }) => ({ line, turn, late_ms })));
  const inOrder = [...turns].sort((a, b) => a.turn - b.turn);
  // In place of the line's number stands the place among the turns: a line may have several.
  const runners = inOrder.map(({ line, late_ms }, place) => ({
    ...{ line: place, late_ms },
    opening_ms: hasProxies(line) ? OPENING_MS : 0,
  }));
  return scheduleOf(runners, ENTRANTS_MAX).map(({ line, at_ms }) => ({ turn: inOrder[line].turn, starts_ms: at_ms }));
}

/** Only of a proxy it is said whether it relays datagrams. */
const OF_PROXIES: ReadonlySet<FlowReason['kind']> = new Set([
  'not-asked',
  'relays',
  'not-reached',
  'not-said',
] as const);
const hasProxies = ({ why }: FlowLine): boolean => why.some(({ kind }) => OF_PROXIES.has(kind));
