// What lists tell of a connection: its record without the attempts of its race. Types only.
import type { FailureCode } from '../race/failure.js';
import type { ConnectionRecord } from '../race/record.js';

/** `handshake`: its client has not said where it wants to go. `race`: nothing carries it yet. `relay`: a line carries it. */
export type Phase = 'handshake' | 'race' | 'relay' | 'ended';

/** `cause`: why there is no connection. `attempts`: how many attempts its race had so far. */
export interface ConnectionSummary extends Omit<ConnectionRecord, 'race'> {
  readonly phase: Phase;
  readonly target: string | undefined;
  readonly attempts: number;
  readonly cause: FailureCode | undefined;
}
