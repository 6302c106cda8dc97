// Asks the DNS actor for names as a connection actor does: through a names replica, at a steady rate, once a turn. Counts
// the answers and samples the actor's tables. It starts no actor: main.ts does.
import { MessageChannel } from 'node:worker_threads';
import { DeadlineWheel } from '../../src/protocol/deadline-wheel.js';
import type { Options } from '../../src/protocol/options.js';
import type { NamesControl, Tables } from '../../src/threads/contracts/dns.js';
import { moved, type Remote } from '../../src/threads/port.js';
import { Counters } from '../../src/threads/shared/counters.js';
import { BadAddresses } from '../../src/workers/connection/shared/replicas/bad-addresses.js';
import type { NameOutcome } from '../../src/workers/connection/shared/replicas/name-outcome.js';
import { NamesReplica } from '../../src/workers/connection/shared/replicas/names.js';

/** Length of the asker's turn; the turns of a busy connection actor are shorter. */
const TURN_MS = 2;
const SAMPLE_MS = 1000;
const HITS = 1_000_000;

/** How full the actor's tables are, and the memory of the whole process. */
export interface Sample {
  readonly tables: Tables;
  readonly rss_mib: number;
}

export interface Asked {
  readonly asked: number;
  readonly elapsed_s: number;
  /** Messages to the actor: one for each turn in which names were asked for. */
  readonly messages: number;
  /** Number of answers by kind: `found 2` for a name with two addresses, else the code of the failure. */
  readonly answers: Readonly<Record<string, number>>;
  /** One each second, and one at the end. */
  readonly samples: readonly Sample[];
}

export class Asker {
  readonly #actor: Remote<NamesControl>;
  readonly #replica: NamesReplica;

  constructor(dns: Options['dns'], actor: Remote<NamesControl>) {
    const now = (): number => performance.now();
    const badAddresses = new BadAddresses([], now);
    this.#actor = actor;
    const counters = new Counters(Counters.create(1)).of(0);
    this.#replica = new NamesReplica(dns, { deadlines: new DeadlineWheel(now()), badAddresses, now, counters });
  }

  async connect(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    await this.#actor.connect(moved(port2));
    this.#replica.connect(port1);
  }

  /** Asks for `name(0)`, `name(1)` and so on, each once, `rate` of them a second, and waits for all answers. */
  async ask(name: (index: number) => string, rate: number, seconds: number): Promise<Asked> {
    const answers: Record<string, number> = {};
    const samples: Promise<Sample>[] = [];
    let [asked, messages, open] = [0, 0, 0];
    const hear = (outcome: NameOutcome): void => {
      const what = outcome.kind === 'found' ? `found ${outcome.ips.length}` : outcome.failure.code;
      answers[what] = (answers[what] ?? 0) + 1;
      open -= 1;
    };
    const begun = performance.now();
    const sampling = setInterval(() => samples.push(this.#sample()), SAMPLE_MS);
    for (let now = begun; now - begun < seconds * 1000; now = performance.now()) {
      const due = Math.floor(((now - begun) * rate) / 1000);
      if (due > asked) messages += 1;
      for (; asked < due; asked += 1) {
        open += 1;
        const known = this.#replica.lookup(name(asked), now, hear);
        if (known !== undefined) hear(known);
      }
      this.#replica.flush();
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    }
    while (open > 0) await new Promise((resolve) => setImmediate(resolve));
    const elapsed_s = (performance.now() - begun) / 1000;
    clearInterval(sampling);
    samples.push(this.#sample());
    return { asked, elapsed_s, messages, answers, samples: await Promise.all(samples) };
  }

  /** Time of a lookup that the replica answers from its copy, in ns; undefined if it does not know the name. */
  hit_ns(name: string): number | undefined {
    const begun = performance.now();
    for (let hit = 0; hit < HITS; hit += 1) {
      if (this.#replica.lookup(name, begun, () => {}) === undefined) return undefined;
    }
    return ((performance.now() - begun) * 1e6) / HITS;
  }

  close(): void {
    this.#replica.close();
  }

  async #sample(): Promise<Sample> {
    const { tables, servers } = await this.#actor.statistics();
    const own = servers.flatMap((server) => Object.entries(server.tables));
    return { tables: { ...tables, ...Object.fromEntries(own) }, rss_mib: process.memoryUsage.rss() / 2 ** 20 };
  }
}
