// The file with the number of this process, for whoever sends it signals without a service manager. It is made in two steps: what
// can fail fails before the start, and the number stands there once the gateway serves. A number that is there already is replaced,
// as nginx and HAProxy do it: after a kill, a power cut or in a container it may be that of any process, so that to refuse it
// would keep a gateway from starting. It sends no signals.
import { accessSync, closeSync, constants, fchmodSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { readBounded } from '../../files/bounded-file.js';
import { DONE, type Done, type Failed, failed } from './done.js';

/** For everybody to read, whatever the umask is. */
const MODE = 0o644;
/** A number, a line end, and what an editor or another program may have put around them. */
const OCTETS_MAX = 64;
const NUMBER = /^\s*\d*\s*$/;

type Prepared = { readonly code: 'prepared'; readonly file: PidFile } | Failed;

/** Why the file cannot be made, as far as this is known without making one; undefined if it seems that it can. */
export function whyNoPidFile(path: string): string | undefined {
  const there = readBounded(path, { octets_max: OCTETS_MAX });
  const foreign = 'what is there is not the number of a process';
  if (there.kind === 'read' && !NUMBER.test(there.bytes.toString('latin1'))) return sentence(path, foreign);
  if (there.kind === 'unusable') return sentence(path, foreign);
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return sentence(path, codeOf(error));
  }
}

export class PidFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #text = `${process.pid}\n`;

  private constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.${process.pid}.new`;
  }

  /** Writes the file beside its place. */
  static prepare(path: string): Prepared {
    const why = whyNoPidFile(path);
    if (why !== undefined) return failed(why);
    const file = new PidFile(path);
    const written = file.#write();
    return written.code === 'failed' ? written : { code: 'prepared', file };
  }

  #write(): Done {
    try {
      // What a killed process with this number has left.
      rmSync(this.#temporary, { force: true });
      const fd = openSync(this.#temporary, 'wx', MODE);
      try {
        fchmodSync(fd, MODE);
        writeSync(fd, this.#text);
      } finally {
        closeSync(fd);
      }
      return DONE;
    } catch (error) {
      this.remove();
      return failed(sentence(this.#path, codeOf(error)));
    }
  }

  /** Puts the file in its place, and so takes the place of an earlier process. */
  publish(): Done {
    try {
      renameSync(this.#temporary, this.#path);
      return DONE;
    } catch (error) {
      return failed(sentence(this.#path, codeOf(error)));
    }
  }

  /** Removes the file, unless it has the number of another process by now. For any end of this one; it never throws. */
  remove(): void {
    try {
      rmSync(this.#temporary, { force: true });
      const there = readBounded(this.#path, { octets_max: OCTETS_MAX });
      if (there.kind === 'read' && there.bytes.toString('latin1') === this.#text) rmSync(this.#path);
    } catch {
      // Its folder cannot be written any more: the next start replaces it.
    }
  }
}

const sentence = (path: string, why: string): string => `pid_file ${path} cannot be written: ${why}`;
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
