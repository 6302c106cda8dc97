// The interface by which a handshake asks who a client is, and the answer where no users are configured. It reads no bytes
// and knows no protocol.
import type { OwnLimits } from '../../../protocol/users/own-limits.js';
import type { User } from '../../../protocol/users/user.js';

/** What a client says of itself. */
export interface Claim {
  /** As the client gave it, a tag included. */
  readonly name: string;
  readonly password: string;
  /** The client's address, 4 or 16 bytes; undefined for a Unix socket. */
  readonly client: Uint8Array | undefined;
}

/** `unknown`: a wrong name or password. `too-many`: too many failures of this address, or too many claims wait. */
export type Verdict =
  | { readonly code: 'known'; readonly user: User }
  | { readonly code: 'unknown' }
  | { readonly code: 'too-many' };

export interface Authenticator {
  /**
   * Calls `decided` once: at once for a pair that is remembered, else later. Returns what withdraws the claim, after which
   * `decided` is not called; undefined when it has been called already.
   */
  judge(claim: Claim, decided: (verdict: Verdict) => void): (() => void) | undefined;
}

/** What a user may do. */
export interface UserRights {
  /** The numbers of the lines that a user may use, ascending; undefined for all. */
  linesOf(name: string): readonly number[] | undefined;
  /** Limits of this user alone; undefined for none. */
  limitsOf(name: string): OwnLimits | undefined;
}

/** Where there are no users nobody is known. */
export const KNOWS_NOBODY: Authenticator & UserRights = {
  judge(_claim, decided) {
    decided({ code: 'unknown' });
    return undefined;
  },
  linesOf: () => undefined,
  limitsOf: () => undefined,
};
