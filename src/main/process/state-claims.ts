// Who writes a state file, where several gateways name the same one: the first of them. A lock beside the file says so,
// which the kernel takes back when its process ends, however it ends. The others read the file, and say that they do not
// write it. Nothing of the file itself is read or written here.
import { closeSync, constants, ftruncateSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBounded } from '../../files/bounded-file.js';
import { fileBehind } from '../../files/state-file.js';
import { tryLock } from '../../linux/file-lock.js';
import { ROUTES_BEGIN } from '../../protocol/routes/snapshot.js';
import { SNAPSHOT_BEGIN } from '../../protocol/trust/snapshot.js';
import type { Logger } from './log.js';

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** The number of a process and a line end. */
const NOTE_OCTETS_MAX = 16;
/** A lock of ours holds nothing else. */
const NOTE = /^\d*\n?$/;
/** How what we write begins; a file of which nothing has been written yet is empty. */
const BEGINS = [ROUTES_BEGIN, SNAPSHOT_BEGIN, /^$/];
const BEGIN_OCTETS = 64;

export class StateClaims {
  readonly #fds: number[] = [];
  readonly #taken = new Set<string>();

  /** For as long as this process lives, or until `release`. */
  constructor(paths: readonly (string | null)[], log: Logger) {
    for (const path of paths) {
      if (path === null) continue;
      const owner = this.#claim(fileBehind(path), log);
      if (owner === undefined) continue;
      this.#taken.add(path);
      log.warn(`${path} is written by ${owner}: it is read here, and not written`);
    }
  }

  /** Whether this process may write it. */
  has(path: string | null): boolean {
    return path !== null && !this.#taken.has(path);
  }

  release(): void {
    for (const fd of this.#fds.splice(0)) closeSync(fd);
  }

  /** Who else has it. Where no lock can be had, as in a folder that may not be written, writing will fail and say why. */
  #claim(file: string, log: Logger): string | undefined {
    const lock = `${file}.lock`;
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
      log.warn(`${lock} is another program's: without it nothing keeps a second gateway from writing ${file} too`);
      return undefined;
    }
    this.#fds.push(fd);
    note(fd);
    removeLeftovers(file);
    return undefined;
  }
}

/** Only for people. */
function note(fd: number): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`);
  } catch {
    // A full disk: the lock holds without it.
  }
}

/** In a container of its own the process has a number of that container. */
function ownerOf(lock: string): string {
  const read = readBounded(lock, { octets_max: NOTE_OCTETS_MAX });
  const pid = read.kind === 'read' ? Number(read.bytes.toString('latin1')) : 0;
  return pid > 0 ? `another process (${pid})` : 'another process';
}

/** What was being written when a process was killed: nobody else writes now. */
function removeLeftovers(file: string): void {
  const folder = dirname(file);
  const begin = `${basename(file)}.`;
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(begin) || !/^\d+\.new$/.test(name.slice(begin.length))) continue;
      const leftover = join(folder, name);
      const text = beginOfFile(leftover);
      if (BEGINS.some((begins) => begins.test(text))) rmSync(leftover);
    }
  } catch {
    // It cannot be tidied; writing says why.
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
