// What a line makes of datagrams in one word, of its configuration and of what its proxies have last said. Pure.
import type { Line } from '../../../protocol/lines/line.js';
import type { FailureCode } from '../../../protocol/race/failure.js';
import { mayCarryDatagrams } from '../../../protocol/udp/relays.js';
import type { UdpLine } from '../../../threads/shared/udp-lines.js';

export const LINE_UDP = [
  /** Without proxies. */
  'direct',
  'relays',
  /** Not lately, since no datagram needed it. */
  'not-asked',
  /** Its proxies were to be asked, and could not be. */
  'unreachable',
  /** They were asked, and gave no association and no reason. */
  'fails',
  'refuses',
  /** A proxy of it speaks a protocol without datagrams. */
  'no-command',
] as const;
export type LineUdpWord = (typeof LINE_UDP)[number];

export interface LineUdp {
  readonly state: LineUdpWord;
  /** How long ago its proxies were last asked, where they were. */
  readonly ago_ms: number | undefined;
  /** Where they failed. */
  readonly cause: FailureCode | undefined;
  /** For how long it is still left to the last, since nothing comes back over it. */
  readonly silent_ms: number | undefined;
}

export function lineUdp(
  line: Pick<Line, 'hops' | 'isDirect'>,
  { relays, asked_ms, silent_ms, failed }: UdpLine,
): LineUdp {
  const of = (state: LineUdpWord, ago_ms?: number, cause?: FailureCode): LineUdp => ({
    state,
    ago_ms,
    cause,
    silent_ms,
  });
  if (line.isDirect) return of('direct');
  if (!mayCarryDatagrams(line)) return of('no-command');
  if (failed !== undefined) return of(failed.was_asked ? 'fails' : 'unreachable', failed.ago_ms, failed.cause);
  if (relays === 'unknown') return of('not-asked');
  return of(relays === 'yes' ? 'relays' : 'refuses', asked_ms);
}
