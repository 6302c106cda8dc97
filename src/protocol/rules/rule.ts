// What a rule of the configuration is once it has been checked: which destinations it is for, and what becomes of a
// connection to them. Types only: the text form is main/config/checks/rules/rules.ts, how a rule is found match.ts.

/** What a rule leaves to the race. */
export interface Choice {
  /** Numbers of the lines, ascending; undefined for all of them. */
  readonly lines: readonly number[] | undefined;
  /** Whether a client keeps to the line by which it reached the destination, while that line works. */
  readonly sticky: boolean;
}

export type Ruling = Choice | 'block';

/** Both ends belong to it. */
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
  /** A line that is no entry is a mistake, and not passed over. */
  readonly strict?: boolean;
}

/** Any one of these. Names are normalised, ranges in canonical text. */
export interface Destinations extends Readonly<Record<ListKind, readonly string[]>> {
  readonly files: readonly ListFile[];
}

/** It is for connections to its destinations, and of these for its ports. */
export interface Rule {
  /** undefined: whatever the client asks for. (Lists that are all empty are for nothing.) */
  readonly destinations: Destinations | undefined;
  /** In order and apart; none is any port. */
  readonly ports: readonly PortRange[];
  readonly ruling: Ruling;
}
