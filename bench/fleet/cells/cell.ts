// What a cell of this bench is asked for. Types only.
import type { Outcome } from '../../choice/cells/cell.js';

export interface FleetOptions {
  readonly quick: boolean;
  readonly gateways: number;
}

/** `told` shows what is under way. */
export type FleetCell = (options: FleetOptions, told: (what: string) => void) => Promise<Outcome>;
