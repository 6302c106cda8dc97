// What the bench must know about a program to measure it: whether it is installed, how it is started, and what it can do.
// Each program has a file beside this one; none of them starts anything (see daemon.ts).
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Credentials, TargetKind, TargetPorts } from '../shared/messages.js';

export type Setting =
  /** By the subject's defaults. */
  | { readonly kind: 'plain' }
  /** With a SOCKS5 proxy as its only line. */
  | { readonly kind: 'line' }
  /** With `count` routes remembered. */
  | { readonly kind: 'routes'; readonly count: number }
  /** Only for clients that show to be that user. */
  | { readonly kind: 'users'; readonly user: Credentials }
  /** Open to other machines, with an egress policy, and with limits of each client that no load reaches. */
  | { readonly kind: 'guarded' }
  /** With two lines, and what is learned of them shared over the engine at `url`; undefined: not shared. */
  | { readonly kind: 'shared'; readonly url: string | undefined };

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
  /** Texts by the file's name in the directory. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  /** Takes no SOCKS handshake: it forwards each port to the target. */
  readonly bare: boolean;
  /** Its number of workers can be set; the other programs are measured once, with their default. */
  readonly scales: boolean;
  /** The only loads that it takes part in, because in all others it equals another subject. */
  readonly onlyLoads?: readonly string[];
  /** Factor of the loads' durations, for a program that must not make as many connections as it could. */
  readonly timeShare?: number;
  /** Has threads that end with their connection; the kernel's counts of such a thread are lost then. */
  readonly briefThreads?: true;
  /** The name of the subject of which this one is an earlier version. */
  readonly pair?: string;
  /** Knows other settings than `plain`. */
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
