// What the bench must know of a program to measure it: whether it is here, how it is started, and what it can carry.
// Each program is a file of its own beside this one; none of them starts anything itself (see daemon.ts).
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TargetKind, TargetPorts } from '../shared/messages.js';

/** How a subject is set up: as it comes, with a SOCKS5 proxy as its only line, or with so many routes remembered. */
export type Setting =
  | { readonly kind: 'plain' }
  | { readonly kind: 'line' }
  | { readonly kind: 'routes'; readonly count: number };

export interface Conditions {
  readonly setting: Setting;
  /** Free ports at 127.0.0.1; a SOCKS proxy listens on the first, a bare forward on one for each kind of target. */
  readonly listen: Readonly<Record<TargetKind, number>>;
  readonly target: TargetPorts;
  readonly workers: number;
  /** An empty directory for its files. */
  readonly directory: string;
}

export interface Command {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** By name in the directory. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  /** Takes no SOCKS handshake: it forwards each port to the target. */
  readonly bare: boolean;
  /** Can be told a number of workers; the others are measured once, as they come. */
  readonly scales: boolean;
  /** Only these loads, where it differs from another subject in nothing else. */
  readonly onlyLoads?: readonly string[];
  /** Of the durations of the loads, where it must not make as many connections as it could. */
  readonly timeShare?: number;
  /** Has threads that end with their connection, and with them what the kernel has counted of them. */
  readonly briefThreads?: true;
  /** The subject that it is an earlier version of. */
  readonly pair?: string;
  /** Can be set up in other ways than `plain`. */
  readonly adapts?: true;
  /** The program's path and version, or undefined when it is not installed. */
  find(): { readonly path: string; readonly version: string } | undefined;
  command(path: string, conditions: Conditions): Command;
}

/** The first executable of that name on PATH or where daemons are installed. */
export function findProgram(name: string): string | undefined {
  for (const directory of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
