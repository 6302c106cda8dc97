// A site in virtual time: gateways carry connections, ask the engine at first contacts, and write what they learn, by the rules of
// workers/share/routes. Votes are those of protocol/share; what is not modelled is that writes take up to 100 ms to the engine.
import { type Slot, slotOf } from '../../../src/protocol/share/keys.js';
import type { FoundRoute } from '../../../src/protocol/share/route-value.js';
import { vote } from '../../../src/protocol/share/vote.js';
import { Chance } from './chance.js';
import { EngineModel, noTraffic, type Standing, type Traffic } from './engine-model.js';
import type { FleetParameters } from './parameters.js';
import { World } from './world.js';
import { Zipf } from './zipf.js';

/** Questions of one turn, and writes of this time, go in one pipeline. */
const TURN_MS = 1;
const FLUSH_MS = 100;
/** What stands is renewed after this part of the time for which it holds. */
const RENEWED_PER_TTL = 3;

export interface RoutesFigures {
  /** Each for the time that was measured. */
  readonly connections: number;
  readonly firstContacts: number;
  /** First contacts of which a slot had something, in time for the first dial, and of which that was the best line. */
  readonly found: number;
  readonly inTime: number;
  readonly useful: number;
  /** Those that began with another line because of a hint. */
  readonly misled: number;
  /** First contacts that waited for a silent line. */
  readonly waited: number;
  readonly dials: number;
  /** Of all first contacts together, to the first byte. */
  readonly firstByte_ms: number;
  readonly traffic: Traffic;
  /** In the engine, at the end. */
  readonly keys: number;
  readonly octets: number;
}

interface Tally {
  connections: number;
  firstContacts: number;
  found: number;
  inTime: number;
  useful: number;
  misled: number;
  waited: number;
  dials: number;
  firstByte_ms: number;
}

const nothing = (): Tally => ({
  ...{ connections: 0, firstContacts: 0, found: 0, inTime: 0, useful: 0 },
  ...{ misled: 0, waited: 0, dials: 0, firstByte_ms: 0 },
});

export function runRoutes(parameters: FleetParameters): RoutesFigures {
  const run = new RoutesRun(parameters);
  run.until(parameters.warm_s * 1000);
  run.reset();
  run.until((parameters.warm_s + parameters.measured_s) * 1000);
  return run.figures();
}

class RoutesRun {
  readonly #parameters: FleetParameters;
  readonly #chance: Chance;
  readonly #zipf: Zipf;
  readonly #world: World;
  readonly #engine: EngineModel;
  readonly #slots: readonly Slot[];
  readonly #ttl_ms: number;
  /** By gateway and destination: until when it is remembered, with which line, and until when its slot needs no write. */
  readonly #remembered: Int32Array;
  readonly #lead: Int8Array;
  readonly #stands: Int32Array;
  /** By gateway: when its last pipelines began. */
  readonly #asked: Float64Array;
  readonly #flushed: Float64Array;
  #now = 0;
  #change: number;
  #tally = nothing();

  constructor(parameters: FleetParameters) {
    const { gateways, destinations, exponent, ttl_s, seed } = parameters;
    this.#parameters = parameters;
    this.#chance = new Chance(seed);
    this.#zipf = new Zipf(destinations, exponent);
    this.#world = new World(parameters, this.#chance);
    this.#ttl_ms = ttl_s * 1000;
    this.#engine = new EngineModel(destinations, this.#ttl_ms);
    this.#slots = Array.from({ length: gateways }, (_, n) => slotOf(`gateway-${n}`));
    this.#remembered = new Int32Array(gateways * destinations);
    this.#lead = new Int8Array(gateways * destinations).fill(-1);
    this.#stands = new Int32Array(gateways * destinations);
    this.#asked = new Float64Array(gateways).fill(Number.NEGATIVE_INFINITY);
    this.#flushed = new Float64Array(gateways).fill(Number.NEGATIVE_INFINITY);
    this.#change = this.#toChange();
  }

  until(end: number): void {
    const { gateways, rate } = this.#parameters;
    const mean = 1000 / (gateways * rate);
    for (;;) {
      this.#now += this.#chance.wait(mean);
      if (this.#now >= end) return;
      while (this.#now >= this.#change) {
        this.#world.change();
        this.#change += this.#toChange();
      }
      this.#connect(this.#chance.below(gateways), this.#zipf.draw(this.#chance));
    }
  }

  reset(): void {
    this.#tally = nothing();
    this.#engine.traffic = noTraffic();
  }

  figures(): RoutesFigures {
    return { ...this.#tally, traffic: this.#engine.traffic, ...this.#engine.held(this.#now) };
  }

  #connect(gateway: number, destination: number): void {
    const at = gateway * this.#parameters.destinations + destination;
    this.#tally.connections += 1;
    if (this.#now >= (this.#remembered[at] ?? 0)) this.#firstContact(gateway, destination, at);
    const best = this.#world.best[destination] ?? 0;
    const isNews = this.#lead[at] !== best;
    this.#lead[at] = best;
    this.#remembered[at] = this.#now + this.#ttl_ms;
    if (isNews || this.#now >= (this.#stands[at] ?? 0)) this.#write(gateway, destination, at);
  }

  #firstContact(gateway: number, destination: number, at: number): void {
    const { lines, lookup_ms, engine_ms, good_ms, silent_ms, hedge_ms } = this.#parameters;
    const tally = this.#tally;
    tally.firstContacts += 1;
    this.#lead[at] = -1;
    const best = this.#world.best[destination];
    const first = this.#hint(gateway, destination, at);
    const isInTime = first !== undefined && this.#chance.wait(engine_ms) < this.#chance.wait(lookup_ms);
    if (first !== undefined) tally.found += 1;
    if (isInTime) tally.inTime += 1;
    const isUseful = isInTime && first === best;
    if (isUseful) tally.useful += 1;
    const isMisled = isInTime && !isUseful;
    if (isMisled) tally.misled += 1;
    const waits = !isUseful && (this.#world.mute[destination] ?? -1) >= 0;
    if (waits) tally.waited += 1;
    tally.dials += isUseful ? 1 : lines;
    tally.firstByte_ms += good_ms + (waits ? silent_ms : 0) + (isMisled ? hedge_ms : 0);
  }

  /** The line that the others name. What is in the own slot need not be written. */
  #hint(gateway: number, destination: number, at: number): number | undefined {
    if (!this.#parameters.shared) return undefined;
    const now = this.#now;
    const isAlone = now - (this.#asked[gateway] ?? 0) >= TURN_MS;
    if (isAlone) this.#asked[gateway] = now;
    const slots = this.#poisoned(destination, this.#engine.pull(destination, now, isAlone));
    const own = slots[this.#slots[gateway] ?? 0];
    if (own !== undefined) {
      this.#lead[at] = own.line;
      this.#stands[at] = own.at + this.#ttl_ms / RENEWED_PER_TTL;
    }
    return vote(
      slots.map((one) => foundOf(one, now)),
      Number,
    )?.line;
  }

  /** The worst that poisoned gateways can do: their values are always the youngest. */
  #poisoned(destination: number, slots: readonly (Standing | undefined)[]): readonly (Standing | undefined)[] {
    const { poisoned, lines } = this.#parameters;
    if (poisoned === 0) return slots;
    const line = ((this.#world.best[destination] ?? 0) + 1) % lines;
    return slots.map((one, slot) => (slot < poisoned ? { gateway: -1, line, mute: -1, at: this.#now } : one));
  }

  #write(gateway: number, destination: number, at: number): void {
    if (!this.#parameters.shared) return;
    const now = this.#now;
    const isAlone = now - (this.#flushed[gateway] ?? 0) >= FLUSH_MS;
    if (isAlone) this.#flushed[gateway] = now;
    const standing = { gateway, line: this.#lead[at] ?? 0, mute: this.#world.mute[destination] ?? -1, at: now };
    this.#engine.write(destination, this.#slots[gateway] ?? 0, standing, isAlone);
    this.#stands[at] = now + this.#ttl_ms / RENEWED_PER_TTL;
  }

  #toChange(): number {
    return this.#chance.wait((this.#parameters.change_s * 1000) / this.#parameters.destinations);
  }
}

/** Numbers as texts, which protocol/share has for names of gateways and ids of lines. */
const TEXTS: readonly string[] = Array.from({ length: 256 }, (_, n) => `${n}`);
const NONE: readonly string[] = [];
const MUTE = TEXTS.map((text) => [text]);

function foundOf(one: Standing | undefined, now: number): FoundRoute | undefined {
  if (one === undefined) return undefined;
  const { line, mute, at } = one;
  const said = { gateway: '', line: TEXTS[line] ?? '', mute: mute < 0 ? NONE : (MUTE[mute] ?? NONE) };
  return { route: { ...said, ip: undefined, connect_ms: 0, first_byte_ms: 0 }, age_ms: now - at };
}
