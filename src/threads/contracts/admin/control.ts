// What main asks of the admin actor. Types only.
import type { Listener } from '../../../protocol/inbound/listener.js';
import type { Options } from '../../../protocol/options.js';
import type { RuleTables } from '../../../protocol/rules/compile.js';
import type { ActorMemory } from '../../shared/actor-memory.js';

export interface Numbered {
  readonly number: number;
  readonly name: string;
}

/** Lines and listeners of earlier configurations of the process; connections of them may go on. */
export interface Former {
  readonly lines: readonly Numbered[];
  readonly listeners: readonly Numbered[];
}

/** Served by the admin actor, called by main. */
export interface AdminControl {
  /** Serves at the listening socket `fd` from now on, which stays main's, and at no earlier one. */
  listen(fd: number): Promise<void>;
  /** Answers what is under way, and takes no more clients. */
  leave(): Promise<void>;
  /** Takes over the options, the listeners in the order of the configuration, and what there was before. */
  configure(options: Options, listeners: readonly Listener[], former: Former): Promise<void>;
  /** Sets the rules, in shared memory; undefined where none are configured. */
  setRules(tables: RuleTables | undefined): Promise<void>;
  /** The memory of all connection actors that have been. */
  setMemories(memories: readonly ActorMemory[]): Promise<void>;
  /** `port`: to a connection actor that was started or restarted; `ConnectionsAdmin` is served at its other end. */
  connectConnections(actor: number, port: unknown): Promise<void>;
  /** `port`: to a DNS actor that was started or restarted; `NamesAdmin` is served at its other end. */
  connectNames(port: unknown): Promise<void>;
  /** `port`: to a route actor that was started or restarted; `RoutesAdmin` is served at its other end. */
  connectRoutes(port: unknown): Promise<void>;
  /** `port`: to a share actor that was started or restarted; `ShareAdmin` is served at its other end. */
  connectShare(port: unknown): Promise<void>;
  /** Closes every port and socket; the actor's task then settles. */
  stop(): Promise<void>;
}
