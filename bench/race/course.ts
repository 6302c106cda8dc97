// One subject on one topology: starts it, gives its ways faults, and sends requests at a steady rate. trials.ts makes cells
// out of that.
import { Daemon } from '../peers/daemon.js';
import type { Peer } from '../peers/peer.js';
import type { Cell, Speech } from './cells/cell.js';
import type { Sample } from './cells/sample.js';
import type { Field } from './field/ends.js';
import type { Fault } from './field/faults.js';
import type { Laid, Service, WayCounts } from './field/messages.js';
import type { RaceOptions } from './options.js';
import { atRate } from './requests/pace.js';
import { realVisit } from './requests/real-client.js';
import { bannerWords, echoWords, tlsWords, type Visited, visit } from './requests/visit.js';
import { destinationOf, type Subject } from './subjects/subject.js';
import type { Topology } from './subjects/topologies.js';

/** A subject gets its ways through `Subject.peer` (subject.ts), not as the other bench's target. */
const NO_TARGET = { echo: [], source: [], sink: [], proxy: [] };
/** Real TLS handshakes are costly; they verify and do not measure. */
const CLIENT_SHARE = 0.1;
export const REQUESTS_MIN = 10;
const WARM_UP = 100;
/** The first destination that no warm-up asks for. */
export const FRESH = WARM_UP;

export interface Measured {
  readonly visits: readonly Visited[];
  /** Counts by way, and the sum of their dials. */
  readonly counts: readonly WayCounts[];
  readonly dials: number;
}

type Conditions = Partial<Pick<Cell, 'fault' | 'bad' | 'state' | 'speech' | 'struck'>>;

export class Course {
  readonly subject: Subject;
  readonly topology: Topology;
  readonly options: RaceOptions;
  /** Numbers of the ways, the usual winner first, as far as it is known. */
  order: readonly number[];
  readonly #field: Field;
  readonly #hello: Uint8Array;
  readonly #laid: Laid;

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
    this.options = options;
    this.#field = field;
    this.#hello = hello;
    this.#laid = laid;
    this.order = topology.ways.map((_, way) => way);
  }

  static async lay(subject: Subject, topology: Topology, options: RaceOptions, field: Field, hello: Uint8Array) {
    return new Course(subject, topology, options, field, hello, await field.lay(topology.ways));
  }

  /** Starts the subject with the ways in `used`, calls `body` with its port, and stops it afterwards. */
  async running<T>(used: readonly number[], body: (entry: number) => Promise<T>): Promise<T> {
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

  /** Does the same with all ways, and takes their faults away at the end. */
  async suffering<T>(body: (entry: number) => Promise<T>): Promise<T> {
    try {
      return await this.running(this.order, body);
    } finally {
      await this.suffer(undefined, []);
    }
  }

  /** Gives the ways in `bad` the fault, and takes all others' faults away. */
  suffer(fault: Fault | undefined, bad: readonly number[]): Promise<void> {
    return this.#field.suffer(this.topology.ways.map((_, way) => (bad.includes(way) ? fault : undefined)));
  }

  /** Sends `requests` requests to `destinations` destinations in turn, of which `from` is the first index. */
  async measure(
    entry: number,
    speech: Speech,
    from: number,
    requests: number,
    destinations = requests,
  ): Promise<Measured> {
    await this.#field.count();
    const visits = await this.#visits(entry, speech, from, requests, destinations);
    const counts = await this.#field.count();
    return { visits, counts, dials: counts.reduce((sum, { dials }) => sum + dials, 0) };
  }

  /** Code that runs for the first time is slow, which is no cell's fault. Asks for destinations that no cell asks for. */
  async warmUp(entry: number): Promise<void> {
    await this.#visits(entry, 'hello', 0, this.options.quick ? REQUESTS_MIN : WARM_UP, WARM_UP);
  }

  /** The number of requests of a cell. */
  requests(speech: Speech): number {
    const { requests } = this.options;
    return speech === 'client' ? Math.max(REQUESTS_MIN, Math.ceil(requests * CLIENT_SHARE)) : requests;
  }

  cell(conditions: Conditions, sample: Sample, dials: number): Cell {
    const { subject, topology } = this;
    const usual = { fault: undefined, bad: 0, state: 'first', speech: 'hello', struck: undefined } as const;
    const where = { subject: subject.name, topology: topology.name, ways: topology.ways.length };
    return { ...where, ...usual, ...conditions, sample, dials: dials / sample.n };
  }

  #visits(entry: number, speech: Speech, from: number, requests: number, destinations: number): Promise<Visited[]> {
    const { rate, timeout_ms } = this.options;
    const bare = this.#peer(this.order).bare;
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
    const { topology, options } = this;
    const destinations = FRESH + 2 * options.requests;
    const ways = [...used].sort((a, b) => a - b);
    return this.subject.peer({ topology, laid: this.#laid, used: ways, destinations, workers: options.workers });
  }
}
