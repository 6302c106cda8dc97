// One subject on one topology: started anew for each cell, so that no cell sees what an earlier one has taught it, put
// under its faults, and asked at a steady rate.
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon } from '../peers/daemon.js';
import type { Peer } from '../peers/peer.js';
import type { Cell, Speech } from './cell.js';
import type { Field } from './ends.js';
import type { Fault } from './faults.js';
import type { Laid, Service, WayCounts } from './messages.js';
import type { RaceOptions } from './options.js';
import { atRate } from './pace.js';
import { realVisit } from './real-client.js';
import { type Sample, sampleOf } from './sample.js';
import { destinationOf, type Subject } from './subject.js';
import type { Topology } from './topologies.js';
import { bannerWords, echoWords, tlsWords, type Visited, visit } from './visit.js';

/** Subjects are told of the ways in a closure (subject.ts), not by the other bench's target. */
const NO_TARGET = { echo: [], source: [], sink: [] };
/** Deaths that a cell's requests are shared between: what one death teaches must not carry all of them. */
const DEATHS = 5;
/** How often a destination is asked for before its winner dies. */
const LIVELY_PASSES = 4;
/** Real TLS handshakes cost much; they verify, they do not measure. */
const CLIENT_SHARE = 0.1;
const REQUESTS_MIN = 10;
const WARM_UP = 100;
/** The first destination that no warm-up asks for. */
export const FRESH = WARM_UP;

export interface Measured {
  readonly sample: Sample;
  readonly counts: readonly WayCounts[];
}

/** The requests after one death. */
interface Death {
  readonly visits: readonly Visited[];
  readonly dials: number;
  readonly struck: number;
}

type Conditions = Pick<Cell, 'fault' | 'bad' | 'state' | 'speech' | 'struck'>;

export class Course {
  readonly subject: Subject;
  readonly topology: Topology;
  readonly #options: RaceOptions;
  readonly #field: Field;
  readonly #hello: Uint8Array;
  readonly #laid: Laid;
  /** Ways, the usual winner first: known from the clean run. */
  #order: readonly number[];

  private constructor(
    subject: Subject,
    topology: Topology,
    options: RaceOptions,
    field: Field,
    hello: Uint8Array,
    laid: Laid,
  ) {
    this.subject = subject;
    this.topology = topology;
    this.#options = options;
    this.#field = field;
    this.#hello = hello;
    this.#laid = laid;
    this.#order = topology.ways.map((_, way) => way);
  }

  static async lay(subject: Subject, topology: Topology, options: RaceOptions, field: Field, hello: Uint8Array) {
    return new Course(subject, topology, options, field, hello, await field.lay(topology.ways));
  }

  /** Without any fault. Says which ways usually win, too. */
  async clean(): Promise<Cell[]> {
    const requests = this.#requests('hello');
    return this.#running(this.#order, async (entry) => {
      await this.#warmUp(entry);
      const first = await this.measure(entry, 'hello', FRESH, requests);
      this.#order = byAnswers(first.counts, this.#order);
      const remembered = await this.measure(entry, 'hello', FRESH, requests);
      const states = { first, remembered };
      return (['first', 'remembered'] as const).map((state) => this.#cell({ state, speech: 'hello' }, states[state]));
    });
  }

  /** The typical time of the ways that are left when so many of the best are not there at all. */
  async goodTime(bad: number): Promise<number> {
    const requests = Math.max(REQUESTS_MIN, Math.ceil(this.#options.requests * CLIENT_SHARE));
    return this.#running(this.#order.slice(bad), async (entry) => {
      await this.#warmUp(entry);
      return (await this.measure(entry, 'hello', FRESH, requests)).sample.p50;
    });
  }

  /** A fault that is there from the first contact on: first contacts, then the same destinations again. */
  async lasting(fault: Fault, bad: number, speech: Speech): Promise<Cell[]> {
    return this.#suffering(async (entry) => {
      await this.#warmUp(entry);
      await this.#suffer(fault, this.#order.slice(0, bad));
      await sleep(this.subject.settle_ms);
      return this.#contacts(entry, fault, bad, speech);
    });
  }

  /** A fault that the winner gets once it is remembered: the next request to each destination. */
  async dying(fault: Fault, bad: number, speech: Speech): Promise<Cell> {
    const requests = Math.ceil(this.#requests(speech) / DEATHS);
    const deaths: Death[] = [];
    for (let death = 0; death < DEATHS; death += 1) {
      deaths.push(
        await this.#suffering(async (entry) => {
          const [struck] = await this.#strike(entry, fault, bad, [speech], requests);
          return this.#die(entry, speech, requests, struck);
        }),
      );
    }
    return this.#dead(fault, bad, speech, deaths);
  }

  /** All of that with one start, for those who do not look at times. */
  async together(fault: Fault, bad: number, speeches: readonly Speech[]): Promise<Cell[]> {
    const requests = this.#requests('hello');
    const mortal = speeches.filter((speech) => speech !== 'client');
    return this.#suffering(async (entry) => {
      const struck = await this.#strike(entry, fault, bad, mortal, requests);
      const cells: Cell[] = [];
      for (const [index, speech] of mortal.entries()) {
        cells.push(this.#dead(fault, bad, speech, [await this.#die(entry, speech, requests, struck[index])]));
      }
      for (const speech of speeches) cells.push(...(await this.#contacts(entry, fault, bad, speech)));
      return cells;
    });
  }

  /** Runs the subject without a fault, for a load of one's own. */
  async freely<T>(body: (entry: number) => Promise<T>): Promise<T> {
    return this.#running(this.#order, async (entry) => {
      await this.#warmUp(entry);
      return body(entry);
    });
  }

  /** So many requests to so many destinations in turn, from the one of that index on. */
  async measure(
    entry: number,
    speech: Speech,
    from: number,
    requests: number,
    destinations = requests,
  ): Promise<Measured> {
    await this.#field.count();
    const visits = await this.#visits(entry, speech, from, requests, destinations);
    return { sample: sampleOf(visits), counts: await this.#field.count() };
  }

  /** Code that runs for the first time is slow, and no cell's fault. To destinations that nobody asks for later. */
  async #warmUp(entry: number): Promise<void> {
    await this.#visits(entry, 'hello', 0, this.#options.quick ? REQUESTS_MIN : WARM_UP, WARM_UP);
  }

  async #contacts(entry: number, fault: Fault, bad: number, speech: Speech): Promise<Cell[]> {
    const cells: Cell[] = [];
    for (const state of ['first', 'remembered'] as const) {
      const measured = await this.measure(entry, speech, FRESH, this.#requests(speech));
      cells.push(this.#cell({ fault, bad, state, speech }, measured));
    }
    return cells;
  }

  /** Has the winners remembered, and then strikes them. Returns the share of destinations whose winner was struck. */
  async #strike(
    entry: number,
    fault: Fault,
    bad: number,
    speeches: readonly Speech[],
    requests: number,
  ): Promise<number[]> {
    await this.#warmUp(entry);
    const from = FRESH + this.#options.requests;
    const passes = this.#options.quick ? 2 : LIVELY_PASSES;
    const lively: Measured[] = [];
    for (const speech of speeches) {
      for (let pass = 1; pass < passes; pass += 1) await this.#visits(entry, speech, from, requests, requests);
      lively.push(await this.measure(entry, speech, from, requests));
    }
    const struck = byAnswers(lively[0].counts, this.#order).slice(0, bad);
    await this.#suffer(fault, struck);
    return lively.map(({ counts }) => struck.reduce((sum, way) => sum + counts[way].answered, 0) / requests);
  }

  async #die(entry: number, speech: Speech, requests: number, struck: number): Promise<Death> {
    await this.#field.count();
    const visits = await this.#visits(entry, speech, FRESH + this.#options.requests, requests, requests);
    return { visits, dials: dialsOf(await this.#field.count()), struck };
  }

  #dead(fault: Fault, bad: number, speech: Speech, deaths: readonly Death[]): Cell {
    const visits = deaths.flatMap((death) => death.visits);
    const dials = deaths.reduce((sum, death) => sum + death.dials, 0) / visits.length;
    const struck = deaths.reduce((sum, death) => sum + death.struck, 0) / deaths.length;
    return this.#row({ fault, bad, state: 'died', speech, struck }, sampleOf(visits), dials);
  }

  #requests(speech: Speech): number {
    const { requests } = this.#options;
    return speech === 'client' ? Math.max(REQUESTS_MIN, Math.ceil(requests * CLIENT_SHARE)) : requests;
  }

  #visits(entry: number, speech: Speech, from: number, requests: number, destinations: number): Promise<Visited[]> {
    const { rate, timeout_ms } = this.#options;
    const bare = this.#peer(this.#order).bare;
    const hello = tlsWords(this.#hello);
    return atRate(requests, rate, (request) => {
      const index = from + (request % destinations);
      const odd = index % 2 === 1;
      const to = (service: Service) => destinationOf(this.subject, this.#laid, service, index);
      switch (speech) {
        case 'hello':
          return visit(entry, bare ? undefined : to('tls'), hello, timeout_ms);
        case 'client':
          return realVisit(entry, to(odd ? 'retry' : 'tls'), this.#laid, timeout_ms);
        case 'other':
          return visit(entry, to(odd ? 'banner' : 'echo'), odd ? bannerWords : echoWords, timeout_ms);
        default:
          return speech satisfies never;
      }
    });
  }

  #peer(used: readonly number[]): Peer {
    const { requests, workers } = this.#options;
    const destinations = FRESH + 2 * requests;
    const ways = [...used].sort((a, b) => a - b);
    return this.subject.peer({
      topology: this.topology,
      laid: this.#laid,
      used: ways,
      destinations,
      workers,
    });
  }

  /** `used`: the ways that the subject is told of. */
  async #running<T>(used: readonly number[], body: (entry: number) => Promise<T>): Promise<T> {
    const peer = this.#peer(used);
    const found = peer.find();
    if (found === undefined) throw new Error(`${peer.name} is not installed`);
    const daemon = await Daemon.start(peer, found.path, NO_TARGET, 1);
    try {
      const result = await body(daemon.listen.echo);
      if (daemon.end !== undefined) throw new Error(`${peer.name} ended with ${daemon.end}`);
      return result;
    } finally {
      await daemon.stop();
    }
  }

  async #suffering<T>(body: (entry: number) => Promise<T>): Promise<T> {
    try {
      return await this.#running(this.#order, body);
    } finally {
      await this.#suffer(undefined, []);
    }
  }

  #suffer(fault: Fault | undefined, bad: readonly number[]): Promise<void> {
    return this.#field.suffer(this.topology.ways.map((_, way) => (bad.includes(way) ? fault : undefined)));
  }

  #cell(conditions: Partial<Conditions>, { sample, counts }: Measured): Cell {
    return this.#row(conditions, sample, dialsOf(counts) / sample.n);
  }

  #row(conditions: Partial<Conditions>, sample: Sample, dials: number): Cell {
    const { subject, topology } = this;
    const clean = { fault: undefined, bad: 0, state: 'first', speech: 'hello', struck: undefined } as const;
    const where = { subject: subject.name, topology: topology.name, ways: topology.ways.length };
    return { ...where, ...clean, ...conditions, sample, dials };
  }
}

const dialsOf = (counts: readonly WayCounts[]): number => counts.reduce((sum, { dials }) => sum + dials, 0);

/** Ways by how often they answered, and among equals as they were. */
function byAnswers(counts: readonly WayCounts[], order: readonly number[]): number[] {
  return [...order].sort((a, b) => counts[b].answered - counts[a].answered);
}
