// The users, and the pairs of name and password that were found to be right for them, by digest. What is remembered of a user
// is forgotten when the entry changes. It judges nothing.
import { LRUCache } from 'lru-cache';
import type { KnownUser } from './user-entry.js';

export class RememberedPairs<User extends KnownUser> {
  #users: ReadonlyMap<string, User> = new Map();
  readonly #pairs: LRUCache<string, User>;

  /** `pairs_max`: some 300 octets each. The pair that was used longest ago is forgotten first. */
  constructor(pairs_max: number) {
    this.#pairs = new LRUCache({ max: pairs_max });
  }

  /** Replaces all users. */
  set(users: readonly User[]): void {
    this.#users = new Map(users.map((user) => [user.name, user] as const));
    // From the pair that was used longest ago, so that their order stays.
    for (const [digest, { name, mark }] of [...this.#pairs.rentries()] as [string, User][]) {
      const user = this.#current(name, mark);
      if (user === undefined) this.#pairs.delete(digest);
      else this.#pairs.set(digest, user);
    }
  }

  userOf(name: string): User | undefined {
    return this.#users.get(name);
  }

  /** The user whose pair has this digest; undefined if none is remembered. */
  find(digest: string): User | undefined {
    return this.#pairs.get(digest);
  }

  /** The pair was found to be right by the entry with that mark. Not remembered if the entry is another one by now. */
  remember(digest: string, name: string, mark: string): void {
    const user = this.#current(name, mark);
    if (user !== undefined) this.#pairs.set(digest, user);
  }

  #current(name: string, mark: string): User | undefined {
    const user = this.#users.get(name);
    return user?.mark === mark ? user : undefined;
  }
}
