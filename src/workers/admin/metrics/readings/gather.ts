// Gathers what a scrape reads: from shared memory, which takes no actor's turn, and from the DNS, the route and the share actor, which are
// asked side by side and have a moment to answer. What one of them does not tell is missing, and the scrape goes on.
import type { GatewayAdmin } from '../../../../threads/contracts/admin/gateway.js';
import type { NamesAdmin } from '../../../../threads/contracts/admin/names.js';
import type { RoutesAdmin } from '../../../../threads/contracts/admin/routes.js';
import type { ShareAdmin } from '../../../../threads/contracts/admin/share.js';
import type { ActorCounts } from '../../../../threads/shared/actor-memory.js';
import { Counter } from '../../../../threads/shared/counters.js';
import { ACTOR_KINDS, GatewayCount, type GatewayCounts } from '../../../../threads/shared/gateway-counts.js';
import { statsOf } from '../../../../threads/shared/stats.js';
import { within } from '../../../../threads/within.js';
import { healthOf } from '../../shared/line-health.js';
import type { AdminParts } from '../../shared/parts.js';
import { lineReadings, listenerReadings } from './by-name.js';
import type { GatewayReading, Readings, RoutesReading, ShareReading } from './readings.js';

/** A tenth of the time that Prometheus has for a scrape; a living actor takes some milliseconds. */
const ANSWER_MS = 1000;

type Read =
  | 'traces'
  | 'options'
  | 'listeners'
  | 'former'
  | 'counters'
  | 'ofGateway'
  | 'counted'
  | 'counts'
  | 'udpLines';

/** What is read, and who is asked; see shared/parts.ts. */
export interface GatheringParts extends Pick<AdminParts, Read> {
  readonly gateway: Pick<GatewayAdmin, 'version'>;
  names(): Pick<NamesAdmin, 'statistics'> | undefined;
  routes(): Pick<RoutesAdmin, 'size' | 'lines'> | undefined;
  share(): Pick<ShareAdmin, 'state'> | undefined;
}

/** They have no loop of their own. */
const PULSED = ACTOR_KINDS.filter((kind) => kind !== 'connection');

export class Gathering {
  readonly #parts: GatheringParts;
  #version: string | undefined;

  constructor(parts: GatheringParts) {
    this.#parts = parts;
  }

  async gather(): Promise<Readings> {
    const { counters, counted, counts, listeners, former, ofGateway, traces, udpLines, names: dns } = this.#parts;
    const asked = [this.#askVersion(), answerOf(dns()?.statistics()), this.#routes(), this.#share()] as const;
    const [version, names, routes, share] = await Promise.all(asked);
    const options = this.#parts.options();
    const read = counts();
    return {
      version,
      counters: statsOf(counters, counted()),
      gateway: gatewayReading(ofGateway),
      connections_max: options.limits.connections_max,
      listeners: listenerReadings(listeners(), former(), { read, ofGateway }),
      handshakes: read.handshakeFailures,
      failures: read.causes,
      udp: read.udp,
      lines: lineReadings(options.lines, former(), read, udpLines),
      actors: this.#actors(read),
      traces: traces(),
      ...{ names, routes, share },
    };
  }

  async #askVersion(): Promise<string | undefined> {
    this.#version ??= await answerOf(this.#parts.gateway.version());
    return this.#version;
  }

  async #routes(): Promise<RoutesReading | undefined> {
    const routes = this.#parts.routes();
    if (routes === undefined) return undefined;
    const answer = await answerOf(Promise.all([routes.size(), routes.lines()]));
    if (answer === undefined) return undefined;
    const [destinations, { lines, steering }] = answer;
    return {
      ...{ destinations, destinations_max: this.#parts.options().cache.entries_max },
      lines: lines.map((line) => ({
        ...{ name: line.name, state: healthOf(line), answersEarly: line.answers_early },
        isPaused: steering.paused.includes(line.line),
      })),
    };
  }

  async #share(): Promise<ShareReading | undefined> {
    if (this.#parts.options().share.url === null) return undefined;
    return { seen: await answerOf(this.#parts.share()?.state()) };
  }

  #actors({ turns, queued }: ActorCounts): Readings['actors'] {
    const { counters } = this.#parts;
    return [...turns].map(([actor, turnTimes]) => ({
      ...{ actor, turnTimes },
      turns: counters.read(actor, Counter.turns),
      queued: queued.get(actor) ?? 0,
    }));
  }
}

function gatewayReading(counts: GatewayCounts): GatewayReading {
  return {
    reloads: counts.read(GatewayCount.reloads),
    reloadsRefused: counts.read(GatewayCount.reloadsRefused),
    upgrades: counts.read(GatewayCount.upgrades),
    upgradesRefused: counts.read(GatewayCount.upgradesRefused),
    logsDropped: counts.read(GatewayCount.logsDropped),
    accessDropped: counts.read(GatewayCount.accessDropped),
    deaths: new Map(ACTOR_KINDS.map((kind) => [kind, counts.deaths(kind)])),
    turnTimes: counts.turns,
    lateness: new Map(PULSED.map((kind) => [kind, counts.lateness(kind)])),
  };
}

async function answerOf<T>(asked: Promise<T> | undefined): Promise<T | undefined> {
  if (asked === undefined) return undefined;
  const answer = await within(ANSWER_MS, asked);
  return answer.code === 'answered' ? answer.value : undefined;
}
