// What the supervisor is given for all later connections. Types only.
import type { Listener } from '../../protocol/inbound/listener.js';
import type { Options } from '../../protocol/options.js';
import type { Rule } from '../../protocol/rules/rule.js';
import type { UsersOptions } from '../../protocol/users/user-entry.js';

/** What `publish` replaces. */
export interface Published {
  readonly options: Options;
  readonly listeners: readonly Listener[];
  readonly gone: readonly Listener[];
  readonly rules: readonly Rule[];
  readonly users: UsersOptions | undefined;
}
