// The limits of clients and users, as an actor's sessions meet them: a client that main left to be refused, one of which a
// proxy's header has told, and a user that asks for a connection. What is over a limit is counted here and told to the operator;
// what its client gets is the session's.
import { unmapped } from '../../protocol/address/address.js';
import { networkOctets, networkText } from '../../protocol/address/client-network.js';
import type { Notice } from '../../protocol/notices/notice.js';
import { turnedAway } from '../../protocol/notices/turned-away.js';
import { type Failure, failureOf } from '../../protocol/race/failure.js';
import type { User } from '../../protocol/users/user.js';
import type { ClientLimits } from '../../threads/shared/client-limits.js';
import { Counter } from '../../threads/shared/counters.js';
import type { NoFlow, UdpLimits } from '../../threads/shared/udp-limits.js';
import type { UserLimits } from '../../threads/shared/user-limits.js';
import type { UserRights } from './client/authenticator.js';
import type { ClientNotices } from './shared/client-notices.js';

/** The time for a handshake while few connections are free: clients that say nothing shall not hold them. */
const TIGHT_MS = 2000;
/** The time for the handshake of a client that is refused at its end. */
const REFUSED_MS = 1000;

export interface LimitsParts {
  readonly clients: Pick<ClientLimits, 'told' | 'refuses' | 'refusedFor' | 'requested' | 'isTight' | 'why'>;
  readonly users: Pick<UserLimits, 'admit' | 'isSpent' | 'why'>;
  readonly udp: Pick<UdpLimits, 'begin' | 'why' | 'whyNoFlow'>;
  readonly rights: Pick<UserRights, 'limitsOf'>;
  readonly notices: Pick<ClientNotices, 'tell'>;
  readonly counters: Float64Array;
}

/** What becomes of a client of which a header has told. `refused`: it may speak, and is refused in its protocol. */
export type Told = 'admitted' | 'refused' | 'closed';

/** The address of a client, asked for only where it is over a limit. */
interface Addressed {
  clientIp(): Uint8Array | undefined;
}

export class Limits {
  readonly #parts: LimitsParts;

  constructor(parts: LimitsParts) {
    this.#parts = parts;
  }

  /** Whether the client on `fd` is over a limit, and came in only to be refused. */
  isRefused(fd: number): boolean {
    return this.#parts.clients.refusedFor(fd) !== undefined;
  }

  /** The time that the client on `fd` has for its handshake: `usual_ms` or less. */
  handshakeTime(fd: number, usual_ms: number): number {
    if (this.isRefused(fd)) return Math.min(REFUSED_MS, usual_ms);
    return this.#parts.clients.isTight ? Math.min(TIGHT_MS, usual_ms) : usual_ms;
  }

  /** A proxy's header has said that the client on `fd` comes from `ip`. `listener`: its name. `now` in ms. */
  told(fd: number, ip: Uint8Array, listener: string, now: number): Told {
    const { clients, notices, counters } = this.#parts;
    const reason = clients.told(fd, ip);
    if (reason === undefined) return 'admitted';
    counters[Counter.limitedTold] += 1;
    notices.tell(turnedAway(clients.why[reason], ip, listener), now);
    return clients.refuses(fd, reason) ? 'refused' : 'closed';
  }

  /** The client on `fd` has said where it wants to go. Gives the failure of one that is over a limit. */
  requested(fd: number, user: User | undefined, client: Addressed, now: number): Failure | undefined {
    const { clients, counters } = this.#parts;
    clients.requested(fd);
    const reason = clients.refusedFor(fd);
    if (reason !== undefined) {
      counters[Counter.limited] += 1;
      return failureOf('client-limit', clients.why[reason]);
    }
    return user === undefined ? undefined : this.#requestedBy(fd, user, client, now);
  }

  /** The same for a client that asks for an association: it counts until `UdpLimits.ended`. */
  associated(fd: number, user: User | undefined, client: Addressed, now: number): Failure | undefined {
    const refused = this.requested(fd, user, client, now);
    if (refused !== undefined) return refused;
    const { udp, counters, notices } = this.#parts;
    const ip = client.clientIp();
    const excess = udp.begin(fd, ip && unmapped(ip));
    if (excess === undefined) return undefined;
    const why = udp.why(excess);
    counters[Counter.limited] += 1;
    const isClients = excess !== 'gateway';
    notices.tell(tooManyAssociations(isClients ? ip : undefined, why), now);
    return failureOf(isClients ? 'client-limit' : 'out-of-resources', why);
  }

  /** Tells why flows of the client at `ip` give way to its new ones, or why it gets none. */
  flowExceeds(excess: NoFlow, ip: Uint8Array | undefined, now: number): void {
    const { udp, notices } = this.#parts;
    notices.tell(tooManyFlows(excess, ip, udp.whyNoFlow(excess)), now);
  }

  /** Why a user may begin to send datagrams to no further destination; undefined where it may. */
  spentBy({ name }: User): Failure | undefined {
    const { users, rights } = this.#parts;
    const own = rights.limitsOf(name);
    return users.isSpent(name, own) ? failureOf('user-limit', users.why('bytes', own)) : undefined;
  }

  #requestedBy(fd: number, { name }: User, client: Addressed, now: number): Failure | undefined {
    const { users, rights, notices, counters } = this.#parts;
    const own = rights.limitsOf(name);
    const reason = users.admit(fd, name, own);
    if (reason === undefined) return undefined;
    const why = users.why(reason, own);
    counters[Counter.limited] += 1;
    counters[Counter.limitedUsers] += 1;
    notices.tell(overLimit(name, why, client.clientIp()), now);
    return failureOf('user-limit', why);
  }
}

/** `ip`: the client whose network has too many; undefined where the gateway has. */
function tooManyAssociations(ip: Uint8Array | undefined, why: string): Notice {
  const topic = ip === undefined ? 'associations' : `associations of ${networkText(networkOctets(ip))}`;
  const fields = ip === undefined ? {} : { client: networkText(networkOctets(ip)) };
  return { topic, crowd: 'clients', level: 'warn', message: `an association is refused: ${why}`, fields };
}

function tooManyFlows(excess: NoFlow, ip: Uint8Array | undefined, why: string): Notice {
  const client = networkText(networkOctets(ip));
  const base = { crowd: 'clients', level: 'warn' } as const;
  if (excess === 'share') {
    const message = `flows of a client give way to its new ones: ${why}`;
    return { ...base, topic: `flows of ${client}`, message, fields: { client } };
  }
  return {
    ...base,
    topic: 'flows',
    message: `the longest silent flows give way, and who has none gets none: ${why}`,
    fields: {},
  };
}

function overLimit(user: string, why: string, ip: Uint8Array | undefined): Notice {
  const fields = { user, client: networkText(networkOctets(ip)) };
  const message = `a connection of a user is refused: ${why}`;
  return { topic: `user ${user}`, crowd: 'users', level: 'warn', message, fields };
}
