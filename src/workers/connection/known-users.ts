// Makes an actor's replica of the users, with the counters of their claims. It judges nothing.
import { randomBytes } from 'node:crypto';
import type { DeadlineWheel } from '../../protocol/deadline-wheel.js';
import type { Notice } from '../../protocol/notices/notice.js';
import { KEY_OCTETS } from '../../protocol/users/pair-digest.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import { Counter } from '../../threads/shared/counters.js';
import { UsersReplica } from './client/users-replica.js';

/** `now` in ms of the engine's clock. */
export function usersReplica(
  users: readonly KnownUser[],
  deadlines: DeadlineWheel,
  now: () => number,
  counters: Float64Array,
  notice: (notice: Notice) => void,
): UsersReplica {
  const count = (counter: Counter) => (): void => {
    counters[counter] += 1;
  };
  const counts = {
    known: count(Counter.claimsKnown),
    unknown: count(Counter.claimsUnknown),
    tooMany: count(Counter.claimsTooMany),
  };
  return new UsersReplica(randomBytes(KEY_OCTETS), users, { deadlines, now, counts, notice });
}
