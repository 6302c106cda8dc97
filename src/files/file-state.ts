// Whether a file is still the same: a text that changes with it, also when another one is put in its place, as editors,
// DHCP clients and careful writers do. Asked now and then, this needs no watch that has to be set anew after a rename.
import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Larger files are none for us: this is beyond any list that people keep. */
export const OCTETS_MAX = 64 * 1024 * 1024;

/** What is no file. */
export const ABSENT = 'absent';

/** Asks the kernel at once: for files of the machine itself. One that may not be looked at is none. */
export function fileStateNow(path: string): string {
  try {
    return textOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
  } catch {
    return ABSENT;
  }
}

/** For files that may lie on a disk that does not answer. */
export async function fileState(path: string): Promise<string> {
  return textOf(await stat(path, { bigint: true }).catch(() => undefined));
}

function textOf(found: BigIntStats | undefined): string {
  if (found === undefined || !found.isFile()) return ABSENT;
  return `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}
