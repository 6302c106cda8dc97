// The engine of a modelled site, as far as routes are concerned: three slots for each destination, with an end; and the count of
// what it is asked.
import { SLOTS, type Slot } from '../../../src/protocol/share/keys.js';
import { entryOctets, OK_OCTETS, PULL_EACH, PULL_HEAD, pullReply, valueOctets, writeOctets } from './octets.js';

/** What stands in a slot. */
export interface Standing {
  readonly gateway: number;
  readonly line: number;
  /** The mute line; -1 for none. */
  readonly mute: number;
  readonly at: number;
}

export interface Traffic {
  roundTrips: number;
  commands: number;
  octetsIn: number;
  octetsOut: number;
  written: number;
}

export const noTraffic = (): Traffic => ({ roundTrips: 0, commands: 0, octetsIn: 0, octetsOut: 0, written: 0 });

export class EngineModel {
  readonly #slots: (Standing | undefined)[];
  readonly #ttl_ms: number;
  traffic = noTraffic();

  constructor(destinations: number, ttl_ms: number) {
    this.#slots = new Array(destinations * SLOTS).fill(undefined);
    this.#ttl_ms = ttl_ms;
  }

  /** What the slots of a destination have, for a question that is alone in its pipeline, or has a place in one under way. */
  pull(destination: number, now: number, isAlone: boolean): readonly (Standing | undefined)[] {
    const { traffic } = this;
    const found = this.#slots.slice(destination * SLOTS, (destination + 1) * SLOTS).map((one) => this.#alive(one, now));
    const values = found.filter((one) => one !== undefined).map(({ mute }) => valueOctets(mute >= 0));
    if (isAlone) {
      traffic.roundTrips += 1;
      traffic.commands += 1;
      traffic.octetsIn += PULL_HEAD;
    }
    traffic.commands += SLOTS;
    traffic.octetsIn += PULL_EACH;
    traffic.octetsOut += pullReply(
      values.length,
      values.reduce((sum, one) => sum + one, 0),
    );
    return found;
  }

  write(destination: number, slot: Slot, standing: Standing, isAlone: boolean): void {
    const { traffic } = this;
    this.#slots[destination * SLOTS + slot] = standing;
    if (isAlone) traffic.roundTrips += 1;
    traffic.commands += 1;
    traffic.written += 1;
    traffic.octetsIn += writeOctets(valueOctets(standing.mute >= 0));
    traffic.octetsOut += OK_OCTETS;
  }

  /** What it holds now. */
  held(now: number): { readonly keys: number; readonly octets: number } {
    const alive = this.#slots.filter((one) => this.#alive(one, now) !== undefined).filter((one) => one !== undefined);
    return {
      keys: alive.length,
      octets: alive.reduce((sum, { mute }) => sum + entryOctets(valueOctets(mute >= 0)), 0),
    };
  }

  #alive(one: Standing | undefined, now: number): Standing | undefined {
    return one !== undefined && now < one.at + this.#ttl_ms ? one : undefined;
  }
}
