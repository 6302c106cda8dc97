// What the supervisor is made of. Types only.
import type { Listener } from '../../protocol/inbound/listener.js';
import type { Options } from '../../protocol/options.js';
import type { Rule } from '../../protocol/rules/rule.js';
import type { LineLink } from '../../protocol/uplinks/line-link.js';
import type { UsersOptions } from '../../protocol/users/user-entry.js';
import type { GatewayCounts } from '../../threads/shared/gateway-counts.js';
import type { AccessSink, Logger } from '../process/log.js';
import type { Notices } from '../process/notices.js';
import type { ActorEntries } from './entries.js';
import type { LeftKnowledge } from './knowledge.js';

/** Settings that tests change. */
export interface Tuning {
  readonly entries?: Partial<ActorEntries>;
  readonly heap_mb?: number;
  /** An actor that shows no sign of life at three of these in a row is stuck. */
  readonly check_ms?: number;
}

export interface SupervisorParts {
  readonly options: Options;
  readonly rules: readonly Rule[];
  /** Undefined where no users are configured. */
  readonly users: UsersOptions | undefined;
  readonly engine: 'uring' | 'epoll';
  readonly listeners: readonly Listener[];
  /** Of all lines that have one. */
  readonly links: readonly LineLink[];
  /** fd numbers are below this. */
  readonly fdsMax: number;
  readonly mainDoorbell: number;
  /** The memory of main's `RoomFlag`. */
  readonly room: SharedArrayBuffer;
  readonly log: Logger;
  readonly counts: GatewayCounts;
  /** Undefined where there is no access log. */
  readonly access: AccessSink | undefined;
  readonly notices: Notices;
  /** Called with the clients that a dead actor had left in its queue, as `handOff` numbers. */
  readonly takeBack: (clients: readonly number[]) => void;
  readonly tuning?: Tuning;
  /** What a process has left whose place this one takes. */
  readonly left?: LeftKnowledge | undefined;
}
