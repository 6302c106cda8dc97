// The data with which main starts each actor. Types only.
import type { MessagePort } from 'node:worker_threads';
import type { Listener } from '../../protocol/inbound/listener.js';
import type { AccessForm } from '../../protocol/log-options.js';
import type { Options } from '../../protocol/options.js';
import type { RuleTables } from '../../protocol/rules/compile.js';
import type { Steering } from '../../protocol/steering/steering.js';
import type { LineLink } from '../../protocol/uplinks/line-link.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import type { ActorMemory } from '../shared/actor-memory.js';
import type { SharesMemory } from '../shared/shares.js';
import type { UdpMemory } from '../shared/udp-memory.js';

/** Memory shared by main and a connection actor; all but `own` and `maps` is one for all actors. */
export interface SharedMemory {
  /** What the admin actor reads, too. */
  readonly own: ActorMemory;
  readonly owners: SharedArrayBuffer;
  readonly clients: SharedArrayBuffer;
  /** Of the connections of client networks, and of users. */
  readonly clientShares: SharesMemory;
  readonly userShares: SharesMemory;
  readonly userTable: SharedArrayBuffer;
  /** See site-leases.ts. */
  readonly siteLeases: SharedArrayBuffer;
  readonly maps: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly bulk: SharedArrayBuffer;
  readonly room: SharedArrayBuffer;
  readonly udp: UdpMemory;
}

/** For the lines of the access log. */
export interface AccessStart {
  readonly form: AccessForm;
  readonly port: MessagePort;
}

/** What a reload replaces as one value: each connection has one generation from its handshake to its race. */
export interface Generation {
  readonly options: Options;
  /** In the order of the configuration. */
  readonly listeners: readonly Listener[];
  /** Listeners that are gone, of which clients may still be on their way. Absent: none. */
  readonly gone?: readonly Listener[] | undefined;
  /** Of all lines that have one; a change comes without a new generation. Absent: none has. */
  readonly links?: readonly LineLink[] | undefined;
  /** What an operator has set by hand of lines; a change comes without a new generation. Absent: nothing. */
  readonly steering?: Steering | undefined;
  /** In shared memory; undefined when no rules are configured. */
  readonly rules?: RuleTables | undefined;
  /** Undefined when no users are configured. */
  readonly users?: readonly KnownUser[] | undefined;
}

export interface ConnectionStart extends Generation {
  /** The actor's number, from 0; a restarted actor keeps the number. */
  readonly actor: number;
  /** limits.connections_max may become this by a reload. */
  readonly connections_most: number;
  /** The engine that main found to work. */
  readonly engine: 'uring' | 'epoll';
  /** The actor serves `ConnectionActor` on it. */
  readonly control: MessagePort;
  readonly log: MessagePort;
  /** Undefined where there is no access log. */
  readonly access?: AccessStart | undefined;
  readonly shared: SharedMemory;
  /** eventfds that main owns: main rings the first to wake this actor, an actor the second to wake main. */
  readonly doorbell: number;
  readonly mainDoorbell: number;
}

export interface NamesStart {
  readonly options: Options;
  /** See pulse.ts. */
  readonly beats: SharedArrayBuffer;
  /** The actor serves `NamesControl` on it. */
  readonly control: MessagePort;
  /** For log records; without it, warnings are emitted by the process. */
  readonly log?: MessagePort | undefined;
  /** True when another process writes the state file. */
  readonly readOnly?: boolean;
  /** What the DNS actor knew whose place this one takes, in the form of the state file. */
  readonly evidence?: string | undefined;
  /** With evidence, whether the state file is read too: it has not been that of the earlier one. */
  readonly isFileNew?: boolean;
}

export interface RoutesStart {
  readonly options: Options;
  readonly beats: SharedArrayBuffer;
  /** The actor serves `RoutesControl` on it. */
  readonly control: MessagePort;
  /** For log records; without it, warnings are emitted by the process. */
  readonly log?: MessagePort | undefined;
  /** True when another process writes the state file. */
  readonly readOnly?: boolean;
  /** The path of what another route actor knew whose place this one takes, which is read in place of the state file. */
  readonly left?: string | undefined;
  /** The gateway starts: what `cache.start_from` has is taken over. */
  readonly isFirst?: boolean;
}

export interface TlsStart {
  readonly options: Options;
  readonly beats: SharedArrayBuffer;
  /** The actor serves `TlsControl` on it. */
  readonly control: MessagePort;
}

export interface ShareStart {
  readonly options: Options;
  readonly beats: SharedArrayBuffer;
  /** The actor serves `ShareControl` on it. */
  readonly control: MessagePort;
  readonly log: MessagePort;
  /** Of all connection actors. */
  readonly counters: SharedArrayBuffer;
  readonly userShares: SharesMemory;
  readonly userTable: SharedArrayBuffer;
  readonly siteLeases: SharedArrayBuffer;
  /** Of this program. */
  readonly version: string;
}

export interface AdminStart {
  readonly options: Options;
  readonly beats: SharedArrayBuffer;
  /** The actor serves `AdminControl` on it. */
  readonly control: MessagePort;
  readonly log: MessagePort;
  /** Main serves `GatewayAdmin` at its other end. */
  readonly gateway: MessagePort;
  /** The listening socket, which is main's. Undefined: another process still serves there, and `listen` follows. */
  readonly fd: number | undefined;
  /** Of all connection actors. */
  readonly counters: SharedArrayBuffer;
  /** Of the gateway as a whole: see gateway-counts.ts. */
  readonly counts: SharedArrayBuffer;
  /** See udp-lines.ts. */
  readonly udpLines: SharedArrayBuffer;
}
