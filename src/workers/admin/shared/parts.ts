// What all rooms of the admin actor share: what they read, and whom they may ask. Types only.
import type { Listener } from '../../../protocol/inbound/listener.js';
import type { Options } from '../../../protocol/options.js';
import type { RuleTables } from '../../../protocol/rules/compile.js';
import type { ConnectionsAdmin } from '../../../threads/contracts/admin/connections.js';
import type { Former } from '../../../threads/contracts/admin/control.js';
import type { GatewayAdmin } from '../../../threads/contracts/admin/gateway.js';
import type { NamesAdmin } from '../../../threads/contracts/admin/names.js';
import type { RoutesAdmin } from '../../../threads/contracts/admin/routes.js';
import type { ShareAdmin } from '../../../threads/contracts/admin/share.js';
import type { Remote } from '../../../threads/port.js';
import type { ActorCounts } from '../../../threads/shared/actor-memory.js';
import type { Counters } from '../../../threads/shared/counters.js';
import type { GatewayCounts } from '../../../threads/shared/gateway-counts.js';
import type { UdpLines } from '../../../threads/shared/udp-lines.js';
import type { TraceCounts } from './trace-counts.js';

export interface AdminParts {
  /** Those in force. */
  options(): Options;
  /** Those of the options in force, with the ports that the kernel has chosen. */
  listeners(): readonly Listener[];
  /** What there was before: what is counted of it stays in the sums. */
  former(): Former;
  /** In shared memory; undefined where no rules are configured. */
  rules(): RuleTables | undefined;
  /** Main. */
  readonly gateway: Remote<GatewayAdmin>;
  /** The connection actors that serve, by number. */
  connections(): ReadonlyMap<number, Remote<ConnectionsAdmin>>;
  /** The DNS actor; undefined while it is started again. */
  names(): Remote<NamesAdmin> | undefined;
  /** The route actor; undefined while it is started again. */
  routes(): Remote<RoutesAdmin> | undefined;
  /** The share actor; undefined while it is started again, and where nothing is shared. */
  share(): Remote<ShareAdmin> | undefined;
  /** Of all connection actors, in shared memory. */
  readonly counters: Counters;
  /** What main has counted of the gateway as a whole. */
  readonly ofGateway: GatewayCounts;
  /** What lines make of datagrams, in shared memory. */
  readonly udpLines: Pick<UdpLines, 'of'>;
  /** What has become of traces. */
  traces(): TraceCounts;
  /** How many slices of the counters are in use. */
  counted(): number;
  /** What the connection actors have counted of lines and listeners. */
  counts(): ActorCounts;
}
