// What the rules say of a target for a client, as a connection actor tells the admin actor. Types only.
import type { FailureCode } from '../../../protocol/race/failure.js';
import type { Outlook } from '../../../protocol/race/outlook/outlook.js';
import type { FlowOutlook } from '../../../protocol/udp/flow-outlook.js';
import type { Ruled } from '../connection.js';

/** What is told beside the rules: what a race would do, or a flow of datagrams. */
export type TestedMore = 'race' | 'flow';

export type RulesTested =
  | {
      readonly code: 'tested';
      readonly ruled: Ruled;
      /** Why the target is refused before any line is asked; undefined where it is not. */
      readonly refused: FailureCode | undefined;
      /** The names of the lines that rule and user leave to the race, in the order of the configuration. */
      readonly lines: readonly string[];
      /** What a race would do now; undefined where none would begin, and where it was not asked for. */
      readonly outlook: Outlook | undefined;
      /** What a flow would do now; undefined where it was not asked for. */
      readonly flow: FlowOutlook | undefined;
    }
  | { readonly code: 'unknown'; readonly what: 'user' | 'listener' };
