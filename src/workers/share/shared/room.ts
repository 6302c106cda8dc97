// What the rooms of the share actor get, and what each may hear. Types only.
import type { LineEvent } from '../../../protocol/lines/health/health.js';
import type { Notice } from '../../../protocol/notices/notice.js';
import type { Options } from '../../../protocol/options.js';
import type { RouteState } from '../../../protocol/routes/state.js';
import type { BadAddressChange } from '../../../protocol/trust/evidence.js';
import type { GatewaySeen, ShareSeen } from '../../../threads/contracts/admin/share.js';
import type { NamesActor } from '../../../threads/contracts/dns.js';
import type { RoutesActor } from '../../../threads/contracts/routes.js';
import type { HintsAsked, HintsTold } from '../../../threads/contracts/share.js';
import type { Remote } from '../../../threads/port.js';
import type { Site } from './site.js';

export interface ShareParts {
  /** Those in force; `share.url` is set, or the actor is about to end. */
  options(): Options;
  /** Undefined where nothing is shared. A room asks for it anew when it is told that other options are in force. */
  site(): Site | undefined;
  /** In ms, monotonic. */
  now(): number;
  /** The route actor; undefined while it is started again. */
  routes(): Remote<RoutesActor> | undefined;
  /** The DNS actor; undefined while it is started again. */
  names(): Remote<NamesActor> | undefined;
  /** Tells one connection actor what was found of destinations that it has asked for. */
  tellHints(actor: number, hints: HintsTold): void;
  /** What the operator must hear. */
  tell(notice: Notice): void;
}

/** A room takes part in what interests it. No call may throw, and none waits. */
export interface Room {
  /** Other options are in force, and perhaps another site. */
  configured?(): void;
  /** What the route actor tells its replicas. `forgotten`: destinations of which nothing is remembered any more. */
  routesChanged?(routes: readonly RouteState[], lines: readonly LineEvent[], forgotten: readonly string[]): void;
  /** What the DNS actor tells its replicas; see NamesSubscriber. */
  badAddressesChanged?(changes: readonly BadAddressChange[], whole: boolean): void;
  /** A connection actor meets these destinations for the first time. */
  asked?(actor: number, destinations: HintsAsked): void;
  /** Its part of what the admin actor is told, from memory. */
  seen?(): Partial<Pick<ShareSeen, 'engine' | 'routes' | 'news' | 'limits'>>;
  /** All gateways of the site, by name; undefined where the engine does not answer. One room knows them. */
  gateways?(): Promise<readonly GatewaySeen[] | undefined>;
  /** Called at each beat of the thread: every second to every four. */
  beat?(): void;
  /** The gateway leaves this site, which is no longer the present one: what is still to be said there. Settles soon. */
  leaves?(site: Site): Promise<void>;
  /** The actor ends: nothing more is told, and no timer is left. */
  close?(): void;
}
