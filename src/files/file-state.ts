// The state of a file as a text that changes whenever the file does, also when another file is renamed over it, as editors,
// DHCP clients and careful writers do. Callers compare it now and then: a watch would have to be set again after each
// rename. It reads no contents.
import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** The largest list file, in bytes: beyond any list that people keep. */
export const OCTETS_MAX = 64 * 1024 * 1024;

/** The state of a path at which there is no file. */
export const ABSENT = 'absent';

/** Blocks: for files of the machine itself. A file that may not be looked at is `ABSENT`. */
export function fileStateNow(path: string): string {
  try {
    return textOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
  } catch {
    return ABSENT;
  }
}

/** Does not block the thread: for files that may be on a disk that does not answer. */
export async function fileState(path: string): Promise<string> {
  return textOf(await stat(path, { bigint: true }).catch(() => undefined));
}

function textOf(found: BigIntStats | undefined): string {
  if (found === undefined || !found.isFile()) return ABSENT;
  return `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}
