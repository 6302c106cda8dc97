// The lines in the form in which they are dialled: texts are turned into bytes once, at the actor's start.
import { parseIp } from '../../../../protocol/address/address.js';
import { type Hop, type Line, needsTunnel } from '../../../../protocol/lines/line.js';
import { byNumber } from '../../../../protocol/lines/numbers.js';
import { type PackedSource, packSource } from '../../../../protocol/lines/source.js';
import type { Towards } from '../../../../protocol/race/failure.js';
import { hasLink, isAuto } from '../../../../protocol/uplinks/line-link.js';

export interface DialLine extends PackedSource {
  /** The line's number in all tables; its index in this one. */
  readonly number: number;
  readonly name: string;
  /** The proxies on the way; none for a direct line. */
  readonly hops: readonly Hop[];
  readonly isDirect: boolean;
  /** See `needsTunnel`. */
  readonly isTunnel: boolean;
  /** Whether it has a link that is followed: see links.ts. */
  readonly hasLink: boolean;
  /** Whether its source is the present address of its interface, which its link has. */
  readonly isAuto: boolean;
  /** Whose address it dials. */
  readonly dials: Towards;
  /** The first proxy's address if it is configured as an address; undefined for a name, or without a proxy. */
  readonly proxyIp: Uint8Array | undefined;
}

/** The lines, each at the index of its number. Indexes without a line are never used. */
export function dialLines(lines: readonly Line[]): readonly DialLine[] {
  return byNumber(lines.map(dialLine)) as readonly DialLine[];
}

function dialLine(line: Line): DialLine {
  return {
    number: line.number,
    name: line.name,
    ...packSource(line.source),
    hops: line.hops,
    isDirect: line.isDirect,
    isTunnel: needsTunnel(line),
    hasLink: hasLink(line),
    isAuto: isAuto(line.source),
    dials: line.isDirect ? 'destination' : 'line',
    proxyIp: line.isDirect ? undefined : parseIp(line.hops[0].host),
  };
}
