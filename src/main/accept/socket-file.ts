// The file of a Unix socket: it takes the place of one whose gateway has died, has the permissions of the configuration, and
// is removed at the end. It accepts no clients.
import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { closeFd } from '../../linux/sockets.js';
import { bindUnixListener, unixListener } from '../../linux/unix-sockets.js';
import type { UnixPlace } from '../../protocol/listen-options.js';
import { DONE, type Done, type Failed, failed } from '../process/done.js';

/** The file as it was made. Another process may have put another one in its place. */
export interface SocketFile {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
  /** It is a service manager's, or still that of the process whose place this one takes: it is not to be removed. */
  isOthers: boolean;
}

/** The file of a socket that was passed. */
export const passedFile = (path: string): SocketFile => ({ path, device: 0, inode: 0, isOthers: true });

type BoundFile = { readonly code: 'bound'; readonly fd: number; readonly file: SocketFile } | Failed;

/** A socket with a file at the place, ready to listen: nobody can connect before. `message`: why there is none. */
export function bindFile({ path, mode }: UnixPlace): BoundFile {
  const free = makeRoom(path);
  if (free.code === 'failed') return free;
  const bound = bindUnixListener(Buffer.from(path));
  if (bound.code === 'failed') return failed(sentence(bound.error));
  try {
    chmodSync(path, mode);
    const { dev, ino } = lstatSync(path);
    return { code: 'bound', fd: bound.fd, file: { path, device: dev, inode: ino, isOthers: false } };
  } catch (error) {
    closeFd(bound.fd);
    return failed(codeOf(error));
  }
}

/** Sets its permissions. A service manager's, or one that is another process's by now, keeps its own. `message`: why not. */
export function changeMode(file: SocketFile, mode: number): Done {
  try {
    if (isOurs(file)) chmodSync(file.path, mode);
    return DONE;
  } catch (error) {
    return failed(codeOf(error));
  }
}

/** Whether a socket could be made there, as far as this is known without making one: done, or why not. */
export function findRoom(path: string): Done {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return DONE;
    if (!found.isSocket()) return failed('there is a file that is no socket');
  } catch (error) {
    return failed(codeOf(error));
  }
  const listener = unixListener(Buffer.from(path));
  if (listener.code === 'live') return failed('another process listens there');
  return listener.code === 'dead' ? DONE : failed(sentence(listener.error));
}

/** Removes the file of a process that has died. */
function makeRoom(path: string): Done {
  const room = findRoom(path);
  if (room.code === 'failed') return room;
  try {
    rmSync(path, { force: true });
    return DONE;
  } catch (error) {
    return failed(codeOf(error));
  }
}

/** Removes the file, unless it is a service manager's, or another process's by now. */
export function removeFile(file: SocketFile): void {
  try {
    if (isOurs(file)) rmSync(file.path);
  } catch {
    // Its folder cannot be written: the next start replaces it.
  }
}

function isOurs({ path, device, inode, isOthers }: SocketFile): boolean {
  const found = isOthers ? undefined : lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.dev === device && found.ino === inode;
}

function sentence(error: string): string {
  switch (error) {
    case 'EACCES':
      return 'that place is not for this user (EACCES)';
    case 'ENOENT':
      return 'there is no such folder (ENOENT)';
    case 'EPROTOTYPE':
      return "there is another program's socket (EPROTOTYPE)";
    default:
      return error;
  }
}

const codeOf = (error: unknown): string => sentence((error as NodeJS.ErrnoException).code ?? String(error));
