// Checks the path and the permissions of a Unix socket. It makes no file; the start finds out whether another process listens
// there (main/accept/socket-file.ts).
import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileAt } from '../../diagnostics/place.js';
import { isPath } from '../values/ca-file.js';
import type { Check } from '../values/setting.js';

/** The last of the 108 bytes of sun_path (unix(7)) is NUL. */
const PATH_BYTES_MAX = 107;
const PATH_ALLOWED = `the path of a socket, in a directory that exists, of at most ${PATH_BYTES_MAX} bytes with all its directories; where there is a file, it must be a socket`;
const MODE_ALLOWED = 'octal digits in quotes, such as "0660"';

/** Returns the absolute path. */
export const checkUnixPath: Check<string> = (value, place, diagnostics) => {
  const path = isPath(value) && !value.startsWith('@') ? fileAt(place, value) : undefined;
  if (path !== undefined && Buffer.byteLength(path) <= PATH_BYTES_MAX && isRoom(path)) return path;
  diagnostics.reject(place, value, PATH_ALLOWED);
  return undefined;
};

export const CONTROL_SOCKET_ALLOWED = `${PATH_ALLOWED}; null for none`;

/** Whether a socket may be there: permissions are not checked, since they may change. */
function isRoom(path: string): boolean {
  try {
    return statSync(dirname(path)).isDirectory() && lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== false;
  } catch {
    return false;
  }
}

/** Returns the permission bits. */
export const checkMode: Check<number> = (value, place, diagnostics) => {
  if (typeof value === 'string' && /^0?[0-7]{3}$/.test(value)) return Number.parseInt(value, 8);
  diagnostics.reject(place, value, MODE_ALLOWED);
  return undefined;
};
