// What the thread that reads a users_file is given, and its single message to main. Types only.
import type { Line } from '../../protocol/lines/line.js';
import type { JudgedUser } from '../../protocol/users/user-entry.js';

export interface ReadTask {
  readonly path: string;
  /** The names of users that are configured elsewhere. */
  readonly inline: readonly string[];
  readonly lines: readonly Pick<Line, 'name' | 'number'>[];
  /** Of PairDigest. */
  readonly key: Uint8Array;
}

export type UsersRead =
  | { readonly code: 'read'; readonly users: readonly JudgedUser[] }
  /** Sentences, each with the name of the file. */
  | { readonly code: 'failed'; readonly problems: readonly string[] };
