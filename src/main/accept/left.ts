// Finds the listeners for the listening sockets that the process has left whose place this one takes: those with the same place in
// the configuration. Clients may be waiting in their backlogs, and the other process may be accepting at them, too.
import { chmodSync } from 'node:fs';
import { closeFd } from '../../linux/sockets.js';
import type { ListenOptions, ListenPlace } from '../../protocol/listen-options.js';
import type { ListeningSocket } from './listening-socket.js';
import { lookAt, type Matched, type PassedSocket } from './passed.js';
import { removeFile, type SocketFile } from './socket-file.js';

export interface LeftListener {
  readonly fd: number;
  /** As in the configuration of that process. */
  readonly place: ListenPlace;
  /** Of a Unix socket. */
  readonly file: SocketFile | undefined;
  /** A service manager keeps it open. */
  readonly isPassed: boolean;
}

/** Those for which there is no listener any more are closed. */
export function matchLeft(asked: readonly ListenOptions[], left: readonly LeftListener[]): Matched {
  const unused = new Set(left);
  const sockets: (PassedSocket | undefined)[] = [];
  for (const { place } of asked) {
    const found = [...unused].find((one) => isSame(one.place, place));
    if (found === undefined) {
      sockets.push(undefined);
      continue;
    }
    unused.delete(found);
    const looked = lookAt({ fd: found.fd, name: 'left' });
    if ('code' in looked) return looked;
    const { isPassed } = found;
    sockets.push({ ...looked, isPassed, file: found.file && { ...found.file, isOthers: true } });
  }
  for (const { fd } of unused) closeFd(fd);
  return { code: 'matched', sockets };
}

/** The other process has gone, or accepts no more: its socket files are this one's, and those without a listener are removed. */
export function takeFiles(listening: readonly ListeningSocket[], left: readonly LeftListener[]): void {
  for (const { file, place } of left) {
    if (file === undefined || file.isOthers) continue;
    const now = listening.find((one) => isSame(one.place, place));
    if (now?.file === undefined) removeFile(file);
    else own(now.place, now.file);
  }
}

function own(place: ListenPlace, file: SocketFile): void {
  file.isOthers = false;
  try {
    if (place.kind === 'unix') chmodSync(place.path, place.mode);
  } catch {
    // Somebody has removed it: nobody can connect there.
  }
}

/** Places at which nobody is to listen any more. */
export const placesLeft = (asked: readonly ListenOptions[], left: readonly LeftListener[]): readonly ListenPlace[] =>
  left.map(({ place }) => place).filter((one) => !asked.some(({ place }) => isSame(place, one)));

/** The sockets of those places. */
export const socketsAt = (
  listening: readonly ListeningSocket[],
  places: readonly ListenPlace[],
): readonly ListeningSocket[] => listening.filter(({ place }) => places.some((one) => isSame(one, place)));

export function isSame(one: ListenPlace, other: ListenPlace): boolean {
  if (one.kind === 'unix') return other.kind === 'unix' && one.path === other.path;
  return other.kind === 'internet' && one.host === other.host && one.port === other.port;
}
