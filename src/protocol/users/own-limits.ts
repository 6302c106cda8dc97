// The limits of one user, as configured, and what follows for it from those of all users. Pure.

export interface OwnLimits {
  /** Connections at a time; 0 for no limit, undefined for that of all users. */
  readonly connections_max: number | undefined;
  /** New connections a second; 0 for no limit, undefined for that of all users. */
  readonly rate: number | undefined;
  /** Bytes in a month, both directions together; 0 for no limit, undefined for that of all users. */
  readonly bytes_max?: number | undefined;
}

/** What a user may carry in a month; 0 for no limit. */
export const bytesMaxOf = (
  own: OwnLimits | undefined,
  { user_bytes_max }: { readonly user_bytes_max: number },
): number => own?.bytes_max ?? user_bytes_max;
