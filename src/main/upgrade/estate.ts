// What a process of the gateway leaves to the next one: open files, with what must be known of each. Pure.
import type { NamedSteering } from '../../protocol/steering/named.js';
import type { LeftListener } from '../accept/left.js';
import type { SocketFile } from '../accept/socket-file.js';
import type { StateLock } from '../process/state-claims.js';

/** The listening socket for commands; `path` as in the configuration. */
export interface LeftControl {
  readonly fd: number;
  readonly path: string;
  readonly file: SocketFile;
}

export interface Estate {
  readonly listeners: readonly LeftListener[];
  readonly control: LeftControl | undefined;
  /** Where the gateway is looked at; undefined where it is nowhere, or the process knows of no such place. */
  readonly admin?: LeftListener | undefined;
  /** Of the state files that the process may write. */
  readonly locks: readonly StateLock[];
  /** fds of files in memory, with the contents of the state files: the routes, and the evidence against addresses. */
  readonly routes: number | undefined;
  readonly evidence: number | undefined;
  /** What lines have carried, in the form of the state file; undefined where no line has a budget. */
  readonly usage?: string | undefined;
  /** What an operator has set by hand of lines; absent of an earlier version. */
  readonly steering?: NamedSteering | undefined;
  /** How many upgrades there have been before; undefined where the process does not know. */
  readonly upgrades?: number | undefined;
}

/** All its fds, each once. */
export function fdsOf({ listeners, control, admin, locks, routes, evidence }: Estate): readonly number[] {
  const single = [control?.fd, admin?.fd, routes, evidence].filter((fd) => fd !== undefined);
  return [...new Set([...listeners.map(({ fd }) => fd), ...locks.map(({ fd }) => fd), ...single])];
}

/** The same estate with the fds of another process. */
export function renumbered(estate: Estate, own: (fd: number) => number): Estate {
  const { listeners, control, admin, locks, routes, evidence, usage, steering, upgrades } = estate;
  const withOwn = <Of extends { readonly fd: number }>(one: Of): Of => ({ ...one, fd: own(one.fd) });
  return {
    listeners: listeners.map(withOwn),
    control: control && withOwn(control),
    admin: admin && withOwn(admin),
    locks: locks.map(withOwn),
    routes: routes === undefined ? undefined : own(routes),
    evidence: evidence === undefined ? undefined : own(evidence),
    usage,
    steering,
    upgrades,
  };
}
