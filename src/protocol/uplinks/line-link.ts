// The link of a line: the network interface by which it leaves the machine, or the one that has its source address. Lines without
// either have none.
import type { Line, Source } from '../lines/line.js';
import type { PresentAddresses } from './present-address.js';

/** `no-address`: the interface has none that could be the source, or has lost its last one. */
export type LinkFault = 'absent' | 'switched-off' | 'no-carrier' | 'no-address' | 'source-absent';

export interface LineLink extends PresentAddresses {
  /** The number of the line. */
  readonly line: number;
  /** Why the line is out; undefined while its link is up. */
  readonly fault: LinkFault | undefined;
  /** The name of the interface, or the source address where no interface has it. */
  readonly at: string;
  /** It grows when the link comes up, or changes so that the line is worth trying. */
  readonly news: number;
}

/** What has happened to a link since it was told before; undefined where nothing has. For `LineHealth.apply`. */
export function linkEvent(
  before: LineLink | undefined,
  { line, fault, news }: LineLink,
): { readonly kind: 'link'; readonly line: number; readonly up: boolean } | undefined {
  if (fault !== undefined) return before?.fault === undefined ? { kind: 'link', line, up: false } : undefined;
  const isNew = before !== undefined && (before.fault !== undefined || before.news !== news);
  return isNew ? { kind: 'link', line, up: true } : undefined;
}

export function hasLink({ source }: Pick<Line, 'source'>): boolean {
  return source.device !== undefined || source.ip !== undefined;
}

/** Whether the source is the present address of the interface: for new connections `LineLink` has it. */
export const isAuto = ({ auto }: Source): boolean => auto === true;

/** In words, without a capital letter. */
export function faultText(fault: LinkFault, at: string): string {
  switch (fault) {
    case 'absent':
      return `this machine has no interface ${at}`;
    case 'switched-off':
      return `the interface ${at} is switched off`;
    case 'no-carrier':
      return `the link of ${at} is down`;
    case 'no-address':
      return `the interface ${at} has no address`;
    case 'source-absent':
      return `${at} is no address of this machine`;
    default:
      return fault satisfies never;
  }
}
