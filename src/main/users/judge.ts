// Judges the claims that connection actors do not know to be right: by the passwords of the configuration, or by scrypt, which
// runs in libuv's threads. Nothing is unbounded: what runs at a time, what waits, how many wrong claims of a network are judged.
// Wrong claims cost the same work whether or not there is such a user. It reads no configuration (keeper.ts).

import type { WrongClaim } from '../../protocol/notices/wrong-claim.js';
import { FailedClaims } from '../../protocol/users/failed-claims.js';
import type { Judge, Judgement, OpenClaim } from '../../protocol/users/judgement.js';
import type { PairDigest } from '../../protocol/users/pair-digest.js';
import type { ScryptHash } from '../../protocol/users/phc.js';
import { RememberedPairs } from '../../protocol/users/remembered-pairs.js';
import type { JudgedUser } from '../../protocol/users/user-entry.js';

/** Pairs that are remembered after scrypt has found them right. */
const PAIRS_MAX = 100_000;
/** Different claims that wait for scrypt or run: 64 take some 3 s of a core, within the time of a handshake. */
const OPEN_MAX = 64;
/** The same of one network. */
const OPEN_OF_NETWORK_MAX = 4;
/** A network with that many claims under way is closed for so long: about the time of one. */
const CROWDED_MS = 100;

/** A wrong claim, or one that was not judged. */
export interface ClaimNotice {
  readonly code: WrongClaim;
  /** As claimed, which may be anything. */
  readonly name: string;
  /** Whether there is such a user. */
  readonly isUser: boolean;
  readonly network: string;
}

export interface JudgeParts {
  readonly digest: PairDigest;
  /** Runs scrypt. */
  readonly verify: (password: string, hash: ScryptHash) => Promise<boolean>;
  /** How many `verify` run at a time. */
  readonly running_max: number;
  /** In ms. */
  readonly now: () => number;
  readonly notice: (notice: ClaimNotice) => void;
}

/** What was found of a pair: the user, or nobody. */
type Found = JudgedUser | undefined;

export class UserJudge implements Judge {
  readonly #parts: JudgeParts;
  readonly #pairs = new RememberedPairs<JudgedUser>(PAIRS_MAX);
  readonly #failed = new FailedClaims();
  /** Users with a configured password, by the digest of the pair. */
  #plain: ReadonlyMap<string, JudgedUser> = new Map();
  #hashes: readonly ScryptHash[] = [];
  /** Claims under way, by digest: the same claim of several actors and networks is verified once. */
  readonly #open = new Map<string, Promise<Found>>();
  readonly #openOfNetwork = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** Replaces all users. Claims under way are judged by the new ones. */
  set(users: readonly JudgedUser[]): void {
    this.#pairs.set(users);
    this.#plain = new Map(users.flatMap((user) => (user.hash === undefined ? [[user.mark, user]] : [])));
    this.#hashes = users.flatMap(({ hash }) => (hash === undefined ? [] : [hash]));
    this.#failed.forgetRepeated();
  }

  async judge(claim: OpenClaim): Promise<Judgement> {
    const { name, password } = claim;
    const { digest: digests, now } = this.#parts;
    const closed_ms = this.#failed.closedFor(claim, now());
    if (closed_ms > 0) return this.#tooMany(claim, closed_ms);
    const digest = digests.of(name, password);
    const repeated_ms = this.#failed.repeated(claim, digest, now());
    if (repeated_ms !== undefined) return this.#unknown(claim, repeated_ms);
    let found = this.#known(digest);
    if (found === undefined && this.#hashes.length > 0) {
      const verified = this.#verifyOnce(claim, digest);
      if (verified === undefined) return this.#tooMany(claim, CROWDED_MS);
      found = await verified;
    }
    if (found !== undefined) return { code: 'known', mark: found.mark };
    // Several connections with one wrong claim count once.
    const again_ms = this.#failed.repeated(claim, digest, now());
    return this.#unknown(claim, again_ms ?? this.#failed.failed(claim, digest, now()));
  }

  #known(digest: string): Found {
    return this.#plain.get(digest) ?? this.#pairs.find(digest);
  }

  /** Undefined where too much is under way. */
  #verifyOnce({ name, password, network }: OpenClaim, digest: string): Promise<Found> | undefined {
    const same = this.#open.get(digest);
    if (same !== undefined) return same;
    const ofNetwork = this.#openOfNetwork.get(network) ?? 0;
    if (this.#open.size >= OPEN_MAX || ofNetwork >= OPEN_OF_NETWORK_MAX) return undefined;
    this.#openOfNetwork.set(network, ofNetwork + 1);
    const verified = this.#inTurn(() => this.#verify(name, password, digest)).finally(() => {
      this.#open.delete(digest);
      const left = (this.#openOfNetwork.get(network) as number) - 1;
      if (left === 0) this.#openOfNetwork.delete(network);
      else this.#openOfNetwork.set(network, left);
    });
    this.#open.set(digest, verified);
    return verified;
  }

  async #inTurn(verify: () => Promise<Found>): Promise<Found> {
    if (this.#running >= this.#parts.running_max) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    // One that ends passes its place on, without changing the number.
    try {
      return await verify();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  async #verify(name: string, password: string, digest: string): Promise<Found> {
    for (;;) {
      const known = this.#known(digest);
      if (known !== undefined) return known;
      const user = this.#pairs.userOf(name);
      const hash = user?.hash ?? this.#decoy(name);
      if (hash === undefined) return undefined;
      const isRight = await this.#parts.verify(password, hash);
      if (this.#pairs.userOf(name)?.mark !== user?.mark) continue; // the users have changed meanwhile
      if (!isRight || user?.hash === undefined) return undefined;
      this.#pairs.remember(digest, name, user.mark);
      return user;
    }
  }

  /** The hash that a claim for which there is none is compared with: always the same for a name, and as dear as a user's. */
  #decoy(name: string): ScryptHash | undefined {
    const digest = this.#parts.digest.of(name, '');
    let number = 0;
    for (let octet = 0; octet < 4; octet += 1) number = number * 256 + digest.charCodeAt(octet);
    return this.#hashes[number % this.#hashes.length];
  }

  #tooMany(claim: OpenClaim, closed_ms: number): Judgement {
    this.#notice('too-many', claim);
    return { code: 'too-many', closed_ms };
  }

  #unknown(claim: OpenClaim, delay_ms: number): Judgement {
    this.#notice('unknown', claim);
    return { code: 'unknown', delay_ms };
  }

  #notice(code: ClaimNotice['code'], { name, network }: OpenClaim): void {
    this.#parts.notice({ code, name, isUser: this.#pairs.userOf(name) !== undefined, network });
  }
}
