// A user, as configured and as those know it who judge claims. Types only.

import type { OwnLimits } from './own-limits.js';
import type { ScryptHash } from './phc.js';

/** A user of the configuration. */
export interface UserEntry {
  readonly name: string;
  /** The password itself, or its scrypt hash as a PHC string. */
  readonly password: string;
  /** The numbers of the lines that the user may use, ascending; undefined for all. */
  readonly lines: readonly number[] | undefined;
  /** Undefined where the user has only the limits of all users. */
  readonly limits?: OwnLimits | undefined;
}

/** A user as connection actors know it: without password and hash. */
export interface KnownUser {
  readonly name: string;
  /** The digest of the name and the configured password: with another password, it is another one. */
  readonly mark: string;
  readonly lines: readonly number[] | undefined;
  readonly limits?: OwnLimits | undefined;
}

/** A user as the judge knows it. */
export interface JudgedUser extends KnownUser {
  /** Undefined where the password itself is configured: then `mark` is the digest of what a client claims. */
  readonly hash: ScryptHash | undefined;
}

/** The users of a configuration, and from where they come. */
export interface UsersOptions {
  /** Those of `users`. */
  readonly inline: readonly UserEntry[];
  /** Those of `users_file`; undefined without it. */
  readonly file: UsersFile | undefined;
}

export interface UsersFile {
  readonly path: string;
  /** The state of the file (files/file-state.ts) before it was read. */
  readonly state: string;
  readonly users: readonly UserEntry[];
}
