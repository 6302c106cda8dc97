// Keeps what an operator has set by hand, and has all actors know it: see protocol/steering. It outlives actors, configurations
// and, by an upgrade, the process; pins of destinations are in the state file of the routes, too, which the route actor writes.
import {
  carriedOver,
  type NamedChange,
  type NamedLine,
  type NamedSteering,
  named,
  numbered,
  type Steer,
} from '../../protocol/steering/named.js';
import {
  change,
  PINS_MAX,
  type Pin,
  type Steering,
  type SteeringChange,
  UNSTEERED,
} from '../../protocol/steering/steering.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import type { Remote } from '../../threads/port.js';
import type { Logger } from '../process/log.js';
import { changeSaid, goneSaid, type Said } from './said.js';

export interface SteeringParts {
  /** Resolves once all actors know. */
  readonly tell: (steering: Steering) => Promise<void>;
  readonly log: Pick<Logger, 'info'>;
}

export class SteeringKeeper {
  readonly #parts: SteeringParts;
  #lines: readonly NamedLine[];
  #steering: Steering;
  /** Whether the pins of the state file are known: those that it has later were taken back meanwhile. */
  #hasPins: boolean;

  /** `left`: of the process whose place this one takes. */
  constructor(lines: readonly NamedLine[], parts: SteeringParts, left?: NamedSteering) {
    this.#parts = parts;
    this.#lines = lines;
    this.#steering = left === undefined ? UNSTEERED : numbered(left, lines);
    this.#hasPins = left !== undefined;
  }

  get steering(): Steering {
    return this.#steering;
  }

  /** For another process. */
  get left(): NamedSteering {
    return named(this.#steering, this.#lines);
  }

  /** Resolves once all actors know of it. */
  async change(what: NamedChange): Promise<Steer> {
    const numberOf = (line: string): number | undefined => this.#lines.find(({ name }) => name === line)?.number;
    const wanted = byNumber(what, numberOf);
    if (wanted === undefined) return 'no-such-line';
    const changed = change(this.#steering, wanted);
    if (changed.code !== 'changed') return changed.code;
    this.#steering = changed.steering;
    this.#say([changeSaid(wanted, this.#steering, this.#lines)]);
    await this.#parts.tell(this.#steering);
    return 'changed';
  }

  /** The route actor has read these in the state file. Those of another file are joined with what is known. */
  async takePins(pins: readonly Pin[], isOther = false): Promise<void> {
    if (!this.#hasPins || isOther) {
      const known = new Set(this.#steering.pins.map(({ destination }) => destination));
      const fresh = pins.filter(({ destination }) => !known.has(destination));
      const all = [...this.#steering.pins, ...fresh].slice(0, PINS_MAX);
      this.#steering = { ...this.#steering, pins: all };
    }
    this.#hasPins = true;
    // Also where nothing has changed: it forgets what it has read.
    await this.#parts.tell(this.#steering);
  }

  /** The same, asked of the route actor. Those of another file than at the start come later. */
  async takePinsOf(routes: Pick<Remote<RoutesControl>, 'takePins'> | undefined, isOther: boolean): Promise<void> {
    const pins = await routes?.takePins();
    if (pins !== undefined) await this.takePins(pins, isOther);
  }

  /** Other lines come into force: what is set of these, which the caller tells the actors with them. */
  setLines(lines: readonly NamedLine[]): Steering {
    const before = this.#lines;
    const steering = carriedOver(this.#steering, before, lines);
    this.#lines = lines;
    this.#say(goneSaid(named(this.#steering, before), named(steering, lines)));
    this.#steering = steering;
    return steering;
  }

  #say(all: readonly Said[]): void {
    for (const { message, fields } of all) this.#parts.log.info(fields, message);
  }
}

function byNumber(what: NamedChange, numberOf: (line: string) => number | undefined): SteeringChange | undefined {
  if (!('line' in what)) return what;
  const line = numberOf(what.line);
  return line === undefined ? undefined : { ...what, line };
}
