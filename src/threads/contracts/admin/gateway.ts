// What the admin actor asks of main, which knows the process and its listeners. Types only.
import type { BudgetState } from '../../../protocol/budget/budget.js';
import type { LogLevel } from '../../../protocol/options.js';
import type { NamedChange, Steer } from '../../../protocol/steering/named.js';
import type { ConfigurationTold, LevelSet, ReloadTold } from './configuration.js';
import type { BudgetStatus, GatewayStatus } from './status.js';

/** A line has one of these. */
export type LineLevel = Exclude<LogLevel, 'silent'>;

/** A line of the log. */
export interface RecentLine {
  /** Its number among all lines. */
  readonly place: number;
  readonly level: LineLevel;
  /** JSON, without a line end. */
  readonly text: string;
}

/** Lines after a place. */
export interface LinesSince {
  /** For who asks for what comes after these. */
  readonly next: number;
  /** Of each level that was asked for the last ones, all in their order. */
  readonly lines: readonly RecentLine[];
  /** How many lines of each level there have been up to `next`, also those that are not kept. */
  readonly counted: Readonly<Record<LineLevel, number>>;
}

export interface GatewayHealth {
  /** It takes no new clients, and ends with its last connection. */
  readonly isDraining: boolean;
  /** Where it listens, for people. */
  readonly listensOn: readonly string[];
  /** The names of the actors that are being started again. */
  readonly notServing: readonly string[];
}

export interface AllBudgets {
  /** How many users have a limit. */
  readonly users: number;
  readonly budgets: readonly (BudgetStatus & { readonly of: 'lines' | 'user' })[];
}

/** Served by main, called by the admin actor. */
export interface GatewayAdmin {
  /** The version of the program. */
  version(): Promise<string>;
  health(): Promise<GatewayHealth>;
  /** What an operator sets of lines. Resolves once all actors know; undefined while the gateway starts. */
  steer(what: NamedChange): Promise<Steer | undefined>;
  /** How much of each budget of lines is used. */
  budgets(): Promise<readonly BudgetState[]>;
  /** `user`: undefined for all, of which at most `users_max` are told, those first that have least left. */
  allBudgets(user: string | undefined, users_max: number): Promise<AllBudgets>;
  /** The last `most` lines of the log for each of the levels, of this level or above. `since`: undefined for those that are kept. */
  log(since: number | undefined, levels: readonly LineLevel[], most: number): Promise<LinesSince>;
  /** Undefined while the gateway starts. */
  status(): Promise<GatewayStatus | undefined>;
  /** Reads the configuration again, as `tcproute reload` does. */
  reload(): Promise<ReloadTold>;
  /** The configuration in effect; undefined while the gateway starts. */
  configuration(): Promise<ConfigurationTold | undefined>;
  /** Where rules stand, by their places in the configuration: such as `config.json: line 7: rules[2]`. */
  placesOfRules(rules: readonly number[]): Promise<readonly string[]>;
  /** Sets the level of the log until the next reload. */
  setLogLevel(level: LogLevel): Promise<LevelSet>;
}
