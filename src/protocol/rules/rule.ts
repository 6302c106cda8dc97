// A rule of the configuration after it has been checked: which destinations and clients it is for, and what happens to such
// connections. Types only: the text form is read by main/config/checks/rules/rules.ts, a rule is found by match.ts.
import type { QuietKeys } from '../quiet/quiet.js';
import type { ClientConditions } from './clients.js';
import type { Sticky } from './sticky.js';

/** What a rule allows the race. */
export interface Choice {
  /** The numbers of the allowed lines, ascending; undefined for all. */
  readonly lines: readonly number[] | undefined;
  /** Who keeps the line by which it reached the destination, while that line works; false for nobody. */
  readonly sticky: Sticky | false;
  /** What it says of quiet connections; absent for nothing. */
  readonly quiet?: QuietKeys;
}

/** What happens to a connection that falls under a rule: it is refused, or its race may use only some lines. */
export type Ruling = Choice | 'block';

/** Both ends are in the range. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** A name itself, a name with all below it, or an IP address or range. */
export type ListKind = 'domain' | 'domain_suffix' | 'cidr';

/** A file with one entry a line. */
export interface ListFile {
  readonly kind: ListKind;
  readonly path: string;
  /** Whether a line that is not an entry is a mistake, instead of being skipped. */
  readonly strict?: boolean;
}

/** A rule is for a destination in any of these. Names are normalised, ranges in canonical text. */
export interface Destinations extends Readonly<Record<ListKind, readonly string[]>> {
  readonly files: readonly ListFile[];
}

/** For connections to one of its destinations on one of its ports, of the clients that it is for. */
export interface Rule {
  /** undefined: any destination. (When all lists are empty, the rule is for none.) */
  readonly destinations: Destinations | undefined;
  /** Ascending, without overlaps; an empty list is any port. */
  readonly ports: readonly PortRange[];
  /** Absent: all clients. */
  readonly clients?: ClientConditions;
  readonly ruling: Ruling;
}
