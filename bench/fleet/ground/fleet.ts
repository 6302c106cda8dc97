// Gateways of one site beside their engine, destinations and name server, all on this machine. It makes no requests.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Redis, startRedis } from '../../../test/helpers/redis.js';
import { gateway } from '../../choice/subjects/subject.js';
import { Daemon } from '../../peers/daemon.js';
import { SECRET_FILE, SITE_SECRET } from '../../peers/gateway-config.js';
import { Child } from '../../process/child.js';
import type { Destination } from '../../race/requests/visit.js';
import type { FarEndOrder, FarEndPlan, FarEndReport } from './messages.js';
import { NAMES_MAX, nameOf } from './names.js';
import { sourceOf } from './site-server.js';

const NO_TARGET = { echo: [], source: [], sink: [], proxy: [] };

export interface FleetPlan extends FarEndPlan {
  readonly lines: number;
  readonly ttl_s: number;
}

type Laid = Extract<FarEndReport, { readonly kind: 'laid' }>;

const ANSWER_MS = 10_000;

export class Fleet {
  readonly engine: Redis;
  readonly #ports: readonly number[];
  readonly #dns: number;
  readonly #plan: FleetPlan;
  readonly #farEnd: Child<FarEndReport>;
  readonly #directory: string;
  readonly #gateways: Daemon[] = [];

  private constructor(plan: FleetPlan, farEnd: Child<FarEndReport>, { ports, dns }: Laid, engine: Redis) {
    this.engine = engine;
    this.#ports = ports;
    this.#dns = dns;
    this.#plan = plan;
    this.#farEnd = farEnd;
    this.#directory = mkdtempSync(join(tmpdir(), 'tcproute-bench-'));
    writeFileSync(join(this.#directory, SECRET_FILE), SITE_SECRET, { mode: 0o600 });
  }

  static async lay(plan: FleetPlan): Promise<Fleet> {
    const { destinations, lookup_ms, silence } = plan;
    if (destinations > NAMES_MAX) throw new Error(`there are ${NAMES_MAX} destinations at most`);
    const farEnd = new Child<FarEndReport>('far end', new URL('./far-end.js', import.meta.url));
    const laid = await farEnd.ask({ kind: 'lay', destinations, lookup_ms, silence } satisfies FarEndOrder, ANSWER_MS);
    if (laid.kind !== 'laid') throw new Error(`the far end answered ${laid.kind}`);
    return new Fleet(plan, farEnd, laid, await startRedis());
  }

  /** What clients ask a gateway for. */
  target(destination: number): Destination {
    return { host: nameOf(destination), port: this.#ports[destination % this.#ports.length] ?? 0 };
  }

  /** Connections that have come to each destination. */
  async dials(): Promise<readonly number[]> {
    const counted = await this.#farEnd.ask({ kind: 'count' } satisfies FarEndOrder, ANSWER_MS);
    return counted.kind === 'counted' ? counted.dials : [];
  }

  /** One more gateway; undefined where none is built. `name`: in the site; undefined: it shares nothing. */
  async gateway(name: string | undefined): Promise<Daemon | undefined> {
    const { lines, ttl_s, destinations } = this.#plan;
    const share = { url: this.engine.url, gateway: name, secret_file: join(this.#directory, SECRET_FILE) };
    const { peer } = gateway(name ?? 'alone', {
      nameservers: `127.0.0.1:${this.#dns}`,
      upstream: Array.from({ length: lines }, (_, line) => ({
        ...{ type: 'direct', name: `line-${line}`, source_ip: sourceOf(line) },
      })),
      cache: { ttl_s },
      dns: { ipv6: 'off', entries_max: destinations },
      race: { early_probe_interval_s: 0 },
      ...(name === undefined ? {} : { share }),
    });
    const found = peer.find();
    if (found === undefined) return undefined;
    const daemon = await Daemon.start(peer, found.path, NO_TARGET, 1);
    this.#gateways.push(daemon);
    return daemon;
  }

  async close(): Promise<void> {
    await Promise.all(this.#gateways.splice(0).map((one) => one.stop()));
    await Promise.all([this.#farEnd.stop(), this.engine.stop()]);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
