// Clients of one gateway in real time, as a model has them: connections at random times to destinations by Zipf's law. It knows which
// of them are first contacts: the gateway was asked for none of the kind while it would still remember.
import { type Visited, visit, type Words } from '../../race/requests/visit.js';
import { Chance } from '../model/chance.js';
import type { FleetParameters } from '../model/parameters.js';
import { Zipf } from '../model/zipf.js';
import type { Fleet } from './fleet.js';

const TIMEOUT_MS = 10_000;
/** A gateway under which everything stalls is asked no more than this at a time. */
const IN_FLIGHT_MAX = 64;

export interface Asked extends Visited {
  /** When it began. */
  readonly at: number;
  readonly isFirst: boolean;
}

export class Clients {
  readonly asked: Asked[] = [];
  readonly #entry: number;
  readonly #fleet: Pick<Fleet, 'target'>;
  readonly #words: Words;
  readonly #parameters: Pick<FleetParameters, 'rate' | 'ttl_s'>;
  readonly #chance: Chance;
  readonly #zipf: Zipf;
  /** When each destination was asked for last. */
  readonly #last = new Map<number, number>();
  readonly #inFlight = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  /** `entry`: of the gateway. */
  constructor(fleet: Pick<Fleet, 'target'>, entry: number, words: Words, parameters: FleetParameters, seed: number) {
    this.#entry = entry;
    this.#fleet = fleet;
    this.#words = words;
    this.#parameters = parameters;
    this.#chance = new Chance(seed);
    this.#zipf = new Zipf(parameters.destinations, parameters.exponent);
    this.#next(performance.now());
  }

  /** Waits from the time at which the one before was due, so that the rate holds on a busy machine. */
  #next(due: number): void {
    const next = due + this.#chance.wait(1000 / this.#parameters.rate);
    const begin = (): void => {
      if (this.#inFlight.size < IN_FLIGHT_MAX) this.#ask(this.#zipf.draw(this.#chance));
      this.#next(next);
    };
    this.#timer = setTimeout(begin, Math.max(0, next - performance.now()));
  }

  #ask(destination: number): void {
    const at = performance.now();
    const last = this.#last.get(destination);
    const isFirst = last === undefined || at - last >= this.#parameters.ttl_s * 1000;
    this.#last.set(destination, at);
    const asking = visit(this.#entry, this.#fleet.target(destination), this.#words, TIMEOUT_MS).then((visited) => {
      this.asked.push({ at, isFirst, ...visited });
      this.#inFlight.delete(asking);
    });
    this.#inFlight.add(asking);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#inFlight);
  }
}
