// Claims of the connections of users ahead, as protocol/share/quota/lease.ts decides, and writes in shared memory what the site leaves to
// this gateway. It looks at all users with a limit now and then; those without a connection cost one comparison.
import { idOf, quotaKey, QUOTA_SUM as SUM } from '../../../protocol/share/keys.js';
import { type Claim, type Claimed, Lease, type Use } from '../../../protocol/share/quota/lease.js';
import { isPlausible } from '../../../protocol/share/quota/plausible.js';
import { WINDOW_MS } from '../../../protocol/share/quota/window.js';
import type { SiteLeases } from '../../../threads/shared/site-leases.js';
import type { Command, Reply } from '../engine/engine.js';
import type { ShareParts } from '../shared/room.js';
import type { Site } from '../shared/site.js';
import { EngineClock } from './engine-clock.js';

/** Users that are asked for in one look; the others have their turn in the next one. */
const USERS_MAX = 500;
/** An answer that comes later is of no use: the next look asks again. */
const ANSWER_MS = 1000;
/** Where nothing is to be claimed, it is seen so often whether the engine takes what it is told. */
const BEAT_MS = 5000;
/** What cannot be is looked at again after this time. */
const DOUBT_MS = 5000;
/** A sum outlives its window and the grace. */
const KEY_MS = 3 * WINDOW_MS;

/** A user with a limit of connections in the site. */
export interface LeasedUser {
  readonly name: string;
  readonly limit: number;
  /** In shared memory. */
  readonly slot: number;
}

export interface ConnectionLeaseParts extends Pick<ShareParts, 'now' | 'site'> {
  /** Of the site, as far as they are configured. */
  readonly gateways: () => number;
  readonly leases: Pick<SiteLeases, 'grant' | 'drop' | 'asked' | 'takeRefused' | 'reached' | 'isReached'>;
  /** Connections of a user in this gateway now. */
  readonly live: (user: string) => number;
}

interface Held {
  readonly user: LeasedUser;
  readonly lease: Lease;
  readonly id: string;
}

interface Asked {
  readonly held: Held;
  readonly use: Use;
  readonly claims: readonly Claim[];
}

export class ConnectionLeases {
  readonly #parts: ConnectionLeaseParts;
  readonly #clock = new EngineClock();
  #users: readonly LeasedUser[] = [];
  /** By the slot of the user, which is the same while the process lives. */
  readonly #held = new Map<number, Held>();
  /** Requests of users that were known at the last look, by slot. */
  readonly #seen = new Map<number, number>();
  /** Slots of users of whom the engine has something that cannot be, and since when: they have the local share. */
  readonly #doubted = new Map<number, number>();
  /** Where the next look begins. */
  #place = 0;
  #site: Site | undefined;
  #beaten = Number.NEGATIVE_INFINITY;
  #isUnderWay = false;
  readonly counts = { claimed: 0, refused: 0, unanswered: 0, implausible: 0 };

  constructor(parts: ConnectionLeaseParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#held.size;
  }

  /** `users`: all that have a limit; empty where limits are not shared. */
  set(users: readonly LeasedUser[]): void {
    this.#users = users;
    const slots = new Map(users.map((user) => [user.slot, user]));
    for (const [slot, held] of this.#held) {
      const user = slots.get(slot);
      if (user === undefined) this.#drop(held);
      else if (user.limit !== held.user.limit) this.#held.set(slot, { ...held, user });
    }
  }

  #drop({ user }: Held): void {
    this.#parts.leases.drop(user.slot);
    this.#held.delete(user.slot);
    this.#doubted.delete(user.slot);
  }

  /** Asks the engine what is to be asked. Never rejects. */
  async look(): Promise<void> {
    const site = this.#parts.site();
    if (site !== this.#site) this.#moved(site);
    if (site === undefined || this.#isUnderWay || this.#users.length === 0) return;
    this.#isUnderWay = true;
    const asked = this.#due(site);
    const now = this.#parts.now();
    const isBeat = asked.length > 0 || now - this.#beaten >= BEAT_MS;
    if (isBeat) await this.#ask(site, asked);
    this.#isUnderWay = false;
  }

  /** What was claimed elsewhere is worth nothing here. */
  #moved(site: Site | undefined): void {
    this.#site = site;
    this.#clock.forget();
    this.#beaten = Number.NEGATIVE_INFINITY;
    for (const held of [...this.#held.values()]) this.#drop(held);
  }

  /** The users whose leases are to change, at most so many. */
  #due(site: Site): readonly Asked[] {
    const time = this.#clock.at(this.#parts.now());
    if (time === undefined) return [];
    const due: Asked[] = [];
    const { length } = this.#users;
    for (let step = 0; step < length; step += 1) {
      const user = this.#users[(this.#place + step) % length] as LeasedUser;
      const one = this.#dueOf(site, user, time);
      if (one !== undefined) due.push(one);
      if (due.length < USERS_MAX) continue;
      this.#place = (this.#place + step + 1) % length;
      break;
    }
    return due;
  }

  #dueOf(site: Site, user: LeasedUser, time: number): Asked | undefined {
    const { leases, live } = this.#parts;
    const known = this.#held.get(user.slot);
    if (known === undefined) {
      const asked = leases.asked(user.slot);
      if (asked === (this.#seen.get(user.slot) ?? 0)) return undefined;
      this.#seen.set(user.slot, asked);
    }
    const held = known ?? { user, lease: new Lease(), id: idOf(site.secrets, `user ${user.name}`) };
    this.#held.set(user.slot, held);
    const use = { limit: user.limit, live: live(user.name), refused: leases.takeRefused(user.slot) };
    if (held.lease.isIdle(use, time)) {
      const claims = held.lease.release(time);
      this.#drop(held);
      this.#seen.set(user.slot, leases.asked(user.slot));
      return claims.length === 0 ? undefined : { held, use, claims };
    }
    if (time - (this.#doubted.get(user.slot) ?? Number.NEGATIVE_INFINITY) < DOUBT_MS) return undefined;
    const before = held.lease.granted;
    const claims = held.lease.plan(use, time);
    // What is given back is used no more before others may have it.
    if (held.lease.granted < before) this.#grant(held, time);
    return claims.length === 0 ? undefined : { held, use, claims };
  }

  #grant({ user, lease }: Held, time: number): void {
    if (lease.until !== undefined && !this.#doubted.has(user.slot))
      this.#parts.leases.grant(user.slot, lease.granted, lease.until - time);
  }

  async #ask(site: Site, asked: readonly Asked[]): Promise<void> {
    const beat = quotaKey(site.secrets.site, 'beat', idOf(site.secrets, site.gateway));
    const begin: readonly Command[] = [['SET', beat, '1', 'PX', String(KEY_MS)], ['TIME']];
    const commands = asked.flatMap(({ held, claims }) => commandsOf(site, held.id, claims));
    const sent = this.#parts.now();
    const replies = await site.engine.ask([...begin, ...commands], ANSWER_MS);
    const now = this.#parts.now();
    if (site !== this.#site) return;
    const isTold = replies !== undefined && this.#clock.told(replies[1], sent, now);
    if (isTold && replies[0] === 'OK') {
      this.#beaten = now;
      this.#parts.leases.reached();
    }
    const time = this.#clock.at(now);
    let at = begin.length;
    const further: Command[] = [];
    for (const { held, use, claims } of asked) {
      const answers = claims.map((_, number) => claimedIn(replies?.slice(at + 3 * number, at + 3 * number + 2)));
      at += 3 * claims.length;
      further.push(...this.#answered(site, { held, use, claims }, answers, time));
    }
    // Nobody waits for this: at worst it is claimed until its window is over.
    if (further.length > 0) void site.engine.ask(further, ANSWER_MS);
  }

  #answered(
    site: Site,
    { held, use, claims }: Asked,
    answers: readonly (Claimed | undefined)[],
    time: number | undefined,
  ): readonly Command[] {
    this.counts.claimed += claims.reduce((sum, { by }) => sum + (by > 0 ? 1 : 0), 0);
    const known = answers.filter((answer) => answer !== undefined);
    if (time === undefined || known.length < answers.length) {
      this.counts.unanswered += 1;
      return [];
    }
    const { slot, limit } = held.user;
    if (this.#held.get(slot)?.lease !== held.lease) return [];
    const gateways = this.#parts.gateways();
    if (!known.every((one) => isPlausible(one, { limit, gateways }))) {
      this.counts.implausible += 1;
      this.#doubted.set(slot, time);
      // Without a lease there is the local share.
      this.#parts.leases.drop(slot);
      const back = claims.flatMap(({ window, by }) => (by > 0 ? [{ window, by: -by }] : []));
      return commandsOf(site, held.id, back);
    }
    this.#doubted.delete(slot);
    const further = held.lease.answered(claims, known, use, time);
    if (further.some(({ by }) => by < 0)) this.counts.refused += 1;
    this.#grant(held, time);
    return commandsOf(site, held.id, further);
  }

  /** Gives everything back to a site that is being left. */
  async leave(site: Site): Promise<void> {
    const time = this.#clock.at(this.#parts.now());
    const held = [...this.#held.values()];
    for (const one of held) this.#drop(one);
    if (site !== this.#site || time === undefined) return;
    const commands = held.slice(0, USERS_MAX).flatMap(({ lease, id }) => commandsOf(site, id, lease.release(time)));
    if (commands.length > 0) await site.engine.ask(commands, ANSWER_MS);
  }
}

/** Three for each claim, of which the first tells the part of this gateway and the second the sum. */
const commandsOf = (site: Site, id: string, claims: readonly Claim[]): readonly Command[] =>
  claims.flatMap(({ window, by }): readonly Command[] => {
    const key = quotaKey(site.secrets.site, `w${window}`, id);
    return [
      ['HINCRBY', key, site.gateway, String(by)],
      ['HINCRBY', key, SUM, String(by)],
      ['PEXPIRE', key, String(KEY_MS)],
    ];
  });

function claimedIn([own, sum]: readonly Reply[] = []): Claimed | undefined {
  return typeof own === 'number' && typeof sum === 'number' ? { own, sum } : undefined;
}
