// What a gateway is started with, once all that can be wrong with it has been found out. Types only.
import type { Engine } from '../../linux/engine/engine.js';
import type { Options } from '../../protocol/options.js';
import type { Rule } from '../../protocol/rules/rule.js';
import type { UsersOptions } from '../../protocol/users/user-entry.js';
import type { GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import type { GatewayCounts } from '../../threads/shared/gateway-counts.js';
import type { LeftListener } from '../accept/left.js';
import type { ListeningSocket } from '../accept/listening-socket.js';
import type { LeftKnowledge } from '../actors/knowledge.js';
import type { Tuning } from '../actors/supervisor-parts.js';
import type { AccessSink, Logger } from '../process/log.js';

export interface StartParts {
  readonly options: Options;
  readonly rules: readonly Rule[];
  readonly users: UsersOptions | undefined;
  readonly kind: 'uring' | 'epoll';
  readonly fdsMax: number;
  readonly engine: Engine;
  /** Bound, and not listening yet. */
  readonly listening: readonly ListeningSocket[];
  readonly log: Logger;
  readonly access: AccessSink | undefined;
  readonly tuning: Tuning;
  readonly left: LeftKnowledge | undefined;
  /** What the admin actor may ask; undefined: there is none, whatever the options say. */
  readonly asked: GatewayAdmin | undefined;
  readonly counts: GatewayCounts;
  readonly leftAdmin: LeftListener | undefined;
}
