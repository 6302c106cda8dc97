// The ways of one association: at most one for each line with proxies, and one for each family of a direct one. They stay until
// the association ends, since a peer may answer to their port for as long as it knows it.
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Way, WayOutcome } from './way.js';

/**
 * Begins to open a way. `ipLength`: for a direct line that of its destinations, and else 0. `depth`: how many gateways the
 * client's request has passed.
 */
export type OpenWay = (line: DialLine, ipLength: number, depth: number, outcome: WayOutcome) => Way | Failure;

const WITHOUT_ADDRESS = failureOf('internal', 'a direct line was given no address');

export class Ways {
  readonly #open: OpenWay;
  readonly #depth: number;
  readonly #outcome: WayOutcome;
  readonly #ways = new Map<number, Way>();

  constructor(open: OpenWay, depth: number, outcome: WayOutcome) {
    this.#open = open;
    this.#depth = depth;
    this.#outcome = outcome;
  }

  /** The way of a line to `ip`, which is opened if there is none. */
  of(line: DialLine, ip: Uint8Array | undefined): Way | Failure {
    if (line.isDirect && ip === undefined) return WITHOUT_ADDRESS;
    const ipLength = line.isDirect && ip !== undefined ? ip.length : 0;
    const key = keyOf(line, ipLength);
    const known = this.#ways.get(key);
    if (known !== undefined && known.state !== 'failed') return known;
    const way = this.#open(line, ipLength, this.#depth, this.#outcome);
    if (!('code' in way)) this.#ways.set(key, way);
    return way;
  }

  close(): void {
    for (const way of this.#ways.values()) way.close();
    this.#ways.clear();
  }
}

const keyOf = ({ number }: DialLine, ipLength: number): number => 2 * number + (ipLength === 16 ? 1 : 0);
