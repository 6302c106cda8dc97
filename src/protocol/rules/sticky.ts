// For whom a sticky rule keeps a line: the text with which the key of what is remembered begins. It remembers nothing.
import { formatIp } from '../address/address.js';
import type { Client } from '../users/client.js';

/** What each has a line for: a client's address, a user, a user with a tag, or a user for all hosts of a site. */
export const STICKY = ['client', 'user', 'tag', 'site'] as const;
export type Sticky = (typeof STICKY)[number];

/** Of clients without an address: those of Unix sockets. It is not the text of an address. */
const NOWHERE = 'unix';
/** A bound on what is remembered for one client: of a longer tag only the beginning counts. */
const ASKER_MAX = 300;

/** The asker for whom a line is kept. A client that lacks the name or the tag is known by its address. */
export function askerOf(sticky: Sticky, { ip, user }: Client): string {
  const address = ip === undefined ? NOWHERE : formatIp(ip);
  switch (sticky) {
    case 'client':
      return address;
    case 'user':
      return user === undefined ? address : named(user.name);
    case 'tag':
      return user?.tag === undefined ? address : tagged(user.name, user.tag);
    case 'site':
      if (user === undefined) return address;
      return user.tag === undefined ? named(user.name) : tagged(user.name, user.tag);
    default:
      return sticky satisfies never;
  }
}

// No address begins with a plus sign, so that nobody can be taken for an address by its name.
const named = (name: string): string => `+${name}`.slice(0, ASKER_MAX);
const tagged = (name: string, tag: string): string => `+${name}+${tag}`.slice(0, ASKER_MAX);
