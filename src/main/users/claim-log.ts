// Logs wrong claims: at most one line a minute for each client network, and a bound for all of them together. Never a password;
// the claimed name only where there is such a user, since a password is sometimes typed in its place, or at level debug.
import { LRUCache } from 'lru-cache';
import type { Logger } from '../process/log.js';
import type { ClaimNotice } from './judge.js';

const EVERY_MS = 60_000;
/** Lines a minute for all networks. */
const LINES_MAX = 10;
const NETWORKS_MAX = 10_000;

const SENTENCES: Readonly<Record<ClaimNotice['code'], string>> = {
  unknown: 'gave a wrong name or password',
  'too-many': 'is refused for now: too many wrong names or passwords have come from there, or too many claims wait',
};

interface Network {
  due: number;
  left_out: number;
}

export class ClaimLog {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #networks = new LRUCache<string, Network>({ max: NETWORKS_MAX });
  #minute = 0;
  #lines = 0;
  /** Notices that the bound for all networks kept out. */
  #left_out = 0;

  /** `now` in ms. */
  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  notice({ code, name, isUser, network }: ClaimNotice): void {
    const now = this.#now();
    const known = this.#networks.get(network);
    if (known !== undefined && now < known.due) {
      known.left_out += 1;
      return;
    }
    this.#networks.set(network, { due: now + EVERY_MS, left_out: 0 });
    const left_out = (known?.left_out ?? 0) + this.#left_out;
    if (!this.#hasRoom(now)) {
      this.#left_out = left_out + 1;
      return;
    }
    this.#left_out = 0;
    const isNamed = isUser || this.#log.isLevelEnabled('debug');
    const fields = { ...(isNamed ? { user: name } : {}), ...(left_out > 0 ? { left_out } : {}) };
    const client = network === 'unix' ? 'a client of a Unix socket' : `a client at ${network}`;
    this.#log.warn(fields, `${client} ${SENTENCES[code]}`);
  }

  #hasRoom(now: number): boolean {
    const minute = Math.floor(now / EVERY_MS);
    if (minute !== this.#minute) this.#lines = 0;
    this.#minute = minute;
    this.#lines += 1;
    return this.#lines <= LINES_MAX;
  }
}
