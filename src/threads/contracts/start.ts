// What main starts each actor with. Types only.
import type { MessagePort } from 'node:worker_threads';
import type { Listener } from '../../protocol/inbound/listener.js';
import type { Options } from '../../protocol/options.js';
import type { RuleTables } from '../../protocol/rules/compile.js';

/** Shared memory that a connection actor and main have in common. */
export interface SharedMemory {
  readonly queue: SharedArrayBuffer;
  readonly owners: SharedArrayBuffer;
  readonly maps: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly room: SharedArrayBuffer;
}

export interface ConnectionStart {
  /** From 0; a restarted actor gets its predecessor's. */
  readonly actor: number;
  readonly options: Options;
  /** What main found to work. */
  readonly engine: 'uring' | 'epoll';
  /** Serves `ConnectionActor`. */
  readonly control: MessagePort;
  readonly log: MessagePort;
  readonly shared: SharedMemory;
  /** Where clients come in, by number. */
  readonly listeners: readonly Listener[];
  /** In shared memory; undefined where none are configured. */
  readonly rules?: RuleTables | undefined;
  /** eventfds, owned by main: rung by main for this actor, and by any actor for main. */
  readonly doorbell: number;
  readonly mainDoorbell: number;
}

export interface NamesStart {
  readonly options: Options;
  /** Serves `NamesControl`. */
  readonly control: MessagePort;
  /** For warnings; without one they go to the process. */
  readonly log?: MessagePort | undefined;
  /** Where another process writes the state file. */
  readonly readOnly?: boolean;
}

export interface RoutesStart {
  readonly options: Options;
  /** Serves `RoutesControl`. */
  readonly control: MessagePort;
  /** For warnings; without one they go to the process. */
  readonly log?: MessagePort | undefined;
  /** Where another process writes the state file. */
  readonly readOnly?: boolean;
}
