// What the admin actor asks of main, which knows the process and its listeners. Types only.

import type { BudgetState } from '../../../protocol/budget/budget.js';
import type { NamedChange, Steer } from '../../../protocol/steering/named.js';

export interface GatewayHealth {
  /** It takes no new clients, and ends with its last connection. */
  readonly isDraining: boolean;
  /** Where it listens, for people. */
  readonly listensOn: readonly string[];
  /** The names of the actors that are being started again. */
  readonly notServing: readonly string[];
}

/** Served by main, called by the admin actor. */
export interface GatewayAdmin {
  /** The version of the program. */
  version(): Promise<string>;
  health(): Promise<GatewayHealth>;
  /** What an operator sets of lines. Resolves once all actors know; undefined while the gateway starts. */
  steer(what: NamedChange): Promise<Steer | undefined>;
  /** How much of each budget is used. */
  budgets(): Promise<readonly BudgetState[]>;
  /** Reads the configuration again, as `tcproute reload` does. */
  reload(): Promise<object>;
}
