// The notice of a wrong claim, or of one that was not judged. Never a password; a name only where the caller knows that it is
// one, since a password is sometimes typed in its place.
import type { Notice } from './notice.js';

export type WrongClaim = 'unknown' | 'too-many';

const SENTENCES: Readonly<Record<WrongClaim, string>> = {
  unknown: 'gave a wrong name or password',
  'too-many': 'is refused for now: too many wrong names or passwords have come from there, or too many claims wait',
};

/** `network`: as text (address/client-network.ts), `unix` for a Unix socket. `user`: the claimed name, if it may be written. */
export function claimNotice(code: WrongClaim, network: string, user: string | undefined): Notice {
  const client = network === 'unix' ? 'a client of a Unix socket' : `a client at ${network}`;
  const fields = user === undefined ? {} : { user };
  return {
    topic: `claims ${network}`,
    crowd: 'claims',
    level: 'warn',
    message: `${client} ${SENTENCES[code]}`,
    fields,
  };
}
