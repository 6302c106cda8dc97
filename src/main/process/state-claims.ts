// Decides which of several gateways writes a state file that they share: the first of them. It locks a file beside the state
// file; the kernel releases the lock when the process ends in any way. The other gateways only read the state file, and
// log that. The state file itself is neither read nor written here.
import { closeSync, constants, ftruncateSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBounded } from '../../files/bounded-file.js';
import { fileBehind, whyNotWritable } from '../../files/state-file.js';
import { tryLock } from '../../linux/file-lock.js';
import { USAGE_BEGIN } from '../../protocol/budget/usage.js';
import { ROUTES_BEGIN } from '../../protocol/routes/snapshot.js';
import { SNAPSHOT_BEGIN } from '../../protocol/trust/snapshot.js';
import type { Prepared } from './change.js';
import type { Logger } from './log.js';

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Bytes of a process number and a line end. */
const NOTE_OCTETS_MAX = 16;
/** The contents of a lock file of ours. */
const NOTE = /^\d*\n?$/;
/** The beginnings of state files of ours; a file that was not begun is empty. */
const BEGINS = [ROUTES_BEGIN, SNAPSHOT_BEGIN, USAGE_BEGIN, /^$/];
const BEGIN_OCTETS = 64;

/** `path`: of the lock file. */
export interface StateLock {
  readonly path: string;
  readonly fd: number;
}

export class StateClaims {
  readonly #log: Logger;
  /** By the path of the lock. */
  readonly #locks = new Map<string, number>();
  readonly #claimed = new Set<string>();
  readonly #taken = new Set<string>();
  #isGivenAway = false;

  /**
   * Claims the files at `paths` for this process, until it ends or calls `release`. `left`: locks of the process whose place this
   * one takes, which are this one's now.
   */
  constructor(paths: readonly (string | null)[], log: Logger, left: readonly StateLock[] = []) {
    this.#log = log;
    const unused = new Map(left.map(({ path, fd }) => [path, fd]));
    this.#claimAll(paths, unused);
    for (const fd of unused.values()) closeSync(fd);
  }

  /** Claims the files at `paths` too, of which it may have some already. */
  claim(paths: readonly (string | null)[]): void {
    this.#claimAll(paths, new Map());
  }

  /** Claims other files than before: the earlier ones are released when the change is made. */
  prepare(before: readonly (string | null)[], after: readonly (string | null)[]): Prepared {
    this.claim(after);
    const keep = (files: typeof after) => (): void => this.keep(files);
    return { code: 'prepared', change: { make: keep(after), drop: keep(before) } };
  }

  #claimAll(paths: readonly (string | null)[], left: Map<string, number>): void {
    const log = this.#log;
    for (const path of paths) {
      if (path === null || this.#claimed.has(path)) continue;
      this.#claimed.add(path);
      const owner = this.#claim(fileBehind(path), left);
      const why = owner === undefined ? whyNotWritable(path) : undefined;
      if (why !== undefined) log.warn(`${path} cannot be written: ${why}`);
      if (owner === undefined) continue;
      this.#taken.add(path);
      log.warn(`${path} is written by ${owner}: it is read here, and not written`);
    }
  }

  /** Of the files that this process may write. */
  get locks(): readonly StateLock[] {
    return [...this.#locks].map(([path, fd]) => ({ path, fd }));
  }

  /** Whether this process may write the file; false for null. */
  has(path: string | null): boolean {
    return path !== null && !this.#isGivenAway && !this.#taken.has(path);
  }

  /** Another process has the locks, too, and writes the files from now on. */
  giveAway(): void {
    this.#isGivenAway = true;
    this.release();
  }

  /** Releases all but the files at `paths`. */
  keep(paths: readonly (string | null)[]): void {
    const kept = paths.filter((path) => path !== null);
    const locks = new Set(kept.map((path) => lockOf(fileBehind(path))));
    for (const path of this.#claimed) {
      if (kept.includes(path)) continue;
      this.#claimed.delete(path);
      this.#taken.delete(path);
    }
    for (const [lock, fd] of this.#locks) {
      if (locks.has(lock)) continue;
      this.#locks.delete(lock);
      closeSync(fd);
    }
  }

  /** Releases all locks. */
  release(): void {
    for (const fd of this.#locks.values()) closeSync(fd);
    this.#locks.clear();
  }

  /**
   * The other process that holds the lock, in words; undefined when this process may write. In a folder without write
   * permission there is no lock.
   */
  #claim(file: string, left: Map<string, number>): string | undefined {
    const lock = lockOf(file);
    // Of the same file by another name.
    if (this.#locks.has(lock)) return undefined;
    const inherited = left.get(lock);
    if (inherited !== undefined) {
      left.delete(lock);
      this.#locks.set(lock, inherited);
      note(inherited);
      return undefined;
    }
    let fd: number;
    try {
      fd = openSync(lock, FLAGS, 0o600);
    } catch {
      return undefined;
    }
    if (!tryLock(fd)) {
      closeSync(fd);
      return ownerOf(lock);
    }
    if (!NOTE.test(beginOf(fd))) {
      closeSync(fd);
      this.#log.warn(
        `${lock} is another program's: without it nothing keeps a second gateway from writing ${file} too`,
      );
      return undefined;
    }
    this.#locks.set(lock, fd);
    note(fd);
    removeLeftovers(file);
    return undefined;
  }
}

const lockOf = (file: string): string => `${file}.lock`;

/** Notes this process's number in the lock file, for people and for `ownerOf`. */
function note(fd: number): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`, 0);
  } catch {
    // The disk may be full. The lock holds without the note.
  }
}

/** The owner in words. A process in another container shows its number inside that container. */
function ownerOf(lock: string): string {
  const read = readBounded(lock, { octets_max: NOTE_OCTETS_MAX });
  const pid = read.kind === 'read' ? Number(read.bytes.toString('latin1')) : 0;
  return pid > 0 ? `another process (${pid})` : 'another process';
}

/** Removes the temporary files of processes that were killed while writing: no other process writes now. */
function removeLeftovers(file: string): void {
  const folder = dirname(file);
  const begin = `${basename(file)}.`;
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(begin) || !/^\d+(?:\.\d+\.\d+)?\.new$/.test(name.slice(begin.length))) continue;
      const leftover = join(folder, name);
      const text = beginOfFile(leftover);
      if (BEGINS.some((begins) => begins.test(text))) rmSync(leftover);
    }
  } catch {
    // Leftovers stay where they cannot be removed.
  }
}

function beginOfFile(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return beginOf(fd);
  } finally {
    closeSync(fd);
  }
}

function beginOf(fd: number): string {
  const bytes = Buffer.alloc(BEGIN_OCTETS);
  return bytes.toString('latin1', 0, readSync(fd, bytes, 0, BEGIN_OCTETS, 0));
}
