// The limits of one user, as configured. Types only.

export interface OwnLimits {
  /** Connections at a time; 0 for no limit, undefined for that of all users. */
  readonly connections_max: number | undefined;
  /** New connections a second; 0 for no limit, undefined for that of all users. */
  readonly rate: number | undefined;
}
