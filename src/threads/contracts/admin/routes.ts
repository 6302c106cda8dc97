// What the admin actor asks of the route actor, which knows the lines and what is remembered of destinations. Types only; lines
// are numbers, and times are ages.
import type { LineFailure } from '../../../protocol/lines/health/line-failure.js';
import type { Reason } from '../../../protocol/race/outlook/reason.js';
import type { Ranked, RouteFilter, RouteSort } from '../../../protocol/routes/listing.js';
import type { RouteState } from '../../../protocol/routes/state.js';
import type { Steering } from '../../../protocol/steering/steering.js';
import type { LinkFault } from '../../../protocol/uplinks/line-link.js';

/** How a line is now, by what all connection actors have told of it. */
export interface LineNow {
  readonly line: number;
  readonly name: string;
  /** With what spent budgets add to it. */
  readonly tier: number;
  /** Absent while it is closed. `for_ms`: until a trial is due. */
  readonly circuit?: { readonly failures: number; readonly for_ms: number; readonly why?: LineFailure };
  /** Absent where it has none that is followed. `fault`: undefined while it is up. */
  readonly link?: { readonly at: string; readonly fault: LinkFault | undefined };
  readonly answers_early: boolean;
  readonly is_dead: boolean;
  readonly is_doubted: boolean;
  readonly spent_budgets: number;
}

export interface LinesNow {
  /** In the order of the configuration. */
  readonly lines: readonly LineNow[];
  readonly steering: Steering;
}

export interface RouteQuery extends RouteFilter {
  readonly sort: RouteSort;
  readonly limit: number;
  /** The place of the page before from which to go on. */
  readonly after: Ranked | undefined;
}

export interface RouteSummary {
  /** Its key: see protocol/routes/destination-key.ts. */
  readonly destination: string;
  /** The candidate that leads; absent where none does. */
  readonly best?: { readonly line: number; readonly address: string };
  readonly candidates: number;
  readonly touched_age_ms: number;
  /** Null where none has worked. */
  readonly worked_age_ms: number | null;
}

export interface RoutesPage {
  readonly routes: readonly RouteSummary[];
  /** How many match, in all pages. */
  readonly total: number;
  readonly steering: Pick<Steering, 'pins'>;
  /** Undefined at the end. */
  readonly next: Ranked | undefined;
}

export interface RouteKnown {
  readonly state: RouteState;
  /** Of each candidate, in their order: why it leads or does not. */
  readonly why: readonly (readonly Reason[])[];
  readonly steering: Pick<Steering, 'pins'>;
}

/** Served by the route actor, called by the admin actor. */
export interface RoutesAdmin {
  /** Destinations that are remembered now. */
  size(): Promise<number>;
  lines(): Promise<LinesNow>;
  /** Undefined where nothing is remembered of it. */
  lookUp(destination: string): Promise<RouteKnown | undefined>;
  /** `limit`: PAGE_MAX at most. */
  list(query: RouteQuery): Promise<RoutesPage>;
  /** Has all actors forget a destination. Returns whether anything was remembered of it. */
  forget(destination: string): Promise<boolean>;
  /** The same of all that match; returns how many they were. */
  forgetAll(filter: RouteFilter): Promise<number>;
  /**
   * Begins to write all that is remembered in the form of the state file. Returns the number by which its pieces are asked for;
   * undefined where too many are under way. One of which nothing is asked for a while is given up.
   */
  beginSnapshot(): Promise<number | undefined>;
  snapshotPiece(snapshot: number): Promise<SnapshotPiece>;
  /** Its reader has gone. */
  endSnapshot(snapshot: number): Promise<void>;
}

export type SnapshotPiece =
  | { readonly code: 'piece'; readonly text: string }
  | { readonly code: 'end' }
  | { readonly code: 'given-up' };
