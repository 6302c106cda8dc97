// Gateways of one site over one engine in memory, and what their rooms are told.

import { type Line, lineOf } from '../../src/protocol/lines/line.js';
import type { Notice } from '../../src/protocol/notices/notice.js';
import type { Configuration } from '../../src/protocol/options.js';
import { DestinationMemory } from '../../src/protocol/routes/destination-memory.js';
import type { RouteEvent } from '../../src/protocol/routes/route-event.js';
import { type RouteState, stateOf } from '../../src/protocol/routes/state.js';
import { siteSecrets } from '../../src/protocol/share/secrets.js';
import type { ForeignHint, HintsTold } from '../../src/threads/contracts/share.js';
import type { ShareParts } from '../../src/workers/share/shared/room.js';
import type { Site } from '../../src/workers/share/shared/site.js';
import { lineView } from './candidates.js';
import { defaultOptions } from './default-options.js';
import type { MemoryEngine } from './memory-engine.js';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const SOURCE = { ip: undefined, port: 0 };
const PROXY = { kind: 'socks5', host: '127.0.0.1', port: 1080, username: undefined, password: undefined } as const;

/** Two direct lines and one through a proxy, with numbers from `first` on. */
export const threeLines = (first = 0): readonly Line[] => [
  lineOf(first, 'fibre', SOURCE, []),
  lineOf(first + 1, 'cable', SOURCE, []),
  lineOf(first + 2, 'tunnel', SOURCE, [PROXY]),
];

export const siteOf = (engine: MemoryEngine, gateway: string, secret = SECRET): Site => ({
  ...{ gateway, engine, writes: engine.writes, secrets: siteSecrets(secret, 'main') },
});

/** The memory of a destination after events, each at its time. */
export function learned(
  destination: string,
  ...events: readonly (RouteEvent & { readonly at?: number })[]
): RouteState {
  const memory = new DestinationMemory();
  const lines = lineView();
  let now = 0;
  for (const event of events) {
    now = event.at ?? now;
    memory.apply(event, now, lines);
    memory.choose(now, Number.POSITIVE_INFINITY, lines, false);
  }
  return stateOf(destination, memory, now);
}

interface Changes {
  readonly routes?: boolean;
  /** The number of the first line. */
  readonly first?: number;
  readonly ttl_s?: number;
}

/** Of a gateway with three lines. */
export function shareOptions({ routes = true, first = 0, ttl_s = 600 }: Changes = {}): Configuration {
  const options = defaultOptions();
  const { share, cache } = options;
  return { ...options, lines: threeLines(first), cache: { ...cache, ttl_s }, share: { ...share, routes } };
}

/** What a share actor gives its rooms, and what a room has told connection actors. */
export class Parts implements ShareParts {
  present: Site | undefined;
  inForce = shareOptions();
  readonly told: { readonly actor: number; readonly hint: ForeignHint }[] = [];
  readonly #engine: MemoryEngine;

  constructor(engine: MemoryEngine, gateway: string) {
    this.#engine = engine;
    this.present = siteOf(engine, gateway);
  }

  readonly options = (): Configuration => this.inForce;
  readonly site = (): Site | undefined => this.present;
  readonly now = (): number => this.#engine.now;
  readonly routes = (): undefined => undefined;
  readonly names = (): undefined => undefined;
  readonly notices: Notice[] = [];
  readonly tell = (notice: Notice): void => void this.notices.push(notice);
  readonly tellHints = (actor: number, hints: HintsTold): void => {
    for (const hint of hints) this.told.push({ actor, hint });
  };
}
