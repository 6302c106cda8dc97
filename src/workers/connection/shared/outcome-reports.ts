// Gathers for the DNS actor how connections by name turned out, and sends it in batches. Repeated successes are reported only
// now and then. What follows from the reports is decided in protocol/trust/outcomes.ts.
import { LRUCache } from 'lru-cache';
import { formatIp } from '../../../protocol/address/address.js';
import { sameIp } from '../../../protocol/address/same-ip.js';
import type { Observation } from '../../../protocol/trust/outcomes.js';

/** Reports that wait at most; further ones are dropped, since what continues will be seen again. */
const WAITING_MAX = 1024;
const SEND_EVERY_MS = 200;
/** A name that keeps working by the same address is reported at this interval. */
const REPEAT_MS = 60_000;
const REMEMBERED_MAX = 4096;

/** Where a connection went. `ip` is undefined where a proxy resolved the name. */
export interface NamedAddress {
  readonly name: string;
  readonly ip: Uint8Array | undefined;
}

interface Worked {
  readonly ip: Uint8Array | undefined;
  readonly result: Observation['result'];
  readonly at: number;
}

export class OutcomeReports {
  readonly #send: (observations: readonly Observation[]) => void;
  /** The last success, by name. */
  readonly #worked = new LRUCache<string, Worked>({ max: REMEMBERED_MAX });
  #waiting: Observation[] = [];
  #sent = 0;

  constructor(send: (observations: readonly Observation[]) => void) {
    this.#send = send;
  }

  /** A connection worked (as TLS or not) or failed. `now` in ms of the engine's clock. */
  note({ name, ip }: NamedAddress, result: Observation['result'], now: number): void {
    const worked = this.#worked.get(name);
    if (result === 'failed') this.#worked.delete(name);
    else {
      if (worked !== undefined && worked.result === result && now - worked.at < REPEAT_MS && same(worked.ip, ip))
        return;
      this.#worked.set(name, { ip, result, at: now });
    }
    if (this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push({ name, address: ip === undefined ? undefined : formatIp(ip), result });
  }

  /** Sends waiting reports when they are due, or with `atOnce`. Called once a turn. */
  flush(now: number, atOnce = false): void {
    if (this.#waiting.length === 0 || (!atOnce && now - this.#sent < SEND_EVERY_MS)) return;
    this.#sent = now;
    const observations = this.#waiting;
    this.#waiting = [];
    this.#send(observations);
  }
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameIp(a, b);
}
