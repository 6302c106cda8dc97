// Checks users_file, and reads the file: users in a file of their own, in any format of the configuration. main/users/ reads it
// again when it has changed.
import { dirname } from 'node:path';
import { fileStateNow } from '../../../../files/file-state.js';
import { Diagnostics } from '../../diagnostics/diagnostics.js';
import { fileAt, type Place, placeOf } from '../../diagnostics/place.js';
import { readConfigFile } from '../../sources/file.js';
import { originOf } from '../../sources/origin.js';
import { isPath } from '../values/ca-file.js';
import { warnOfPlainSecrets } from '../values/plain-secrets.js';
import type { Check } from '../values/setting.js';
import { checkUserTable, type UserSetting } from './users.js';

export interface UsersFileSetting {
  /** Absolute. */
  readonly path: string;
  /** As it is written in the configuration. */
  readonly name: string;
  /** Before it was read. */
  readonly state: string;
  readonly users: readonly UserSetting[];
}

export const USERS_FILE_ALLOWED = 'the path of a file with what may stand in `users`; null for none';

export const checkUsersFile: Check<UsersFileSetting | null> = (value, place, diagnostics) => {
  if (value === null) return value;
  if (!isPath(value)) {
    diagnostics.reject(place, value, USERS_FILE_ALLOWED);
    return undefined;
  }
  const path = fileAt(place, value);
  const state = fileStateNow(path);
  const inFile = new Diagnostics();
  const users = readUsersFile(path, value, inFile);
  diagnostics.takeOfFile(place, inFile);
  return users && { path, name: value, state, users };
};

/** The users of a file; undefined after errors were added. `name` is that of the file in messages. */
export function readUsersFile(
  path: string,
  name: string,
  diagnostics: Diagnostics,
): readonly UserSetting[] | undefined {
  const place = placeOf(name);
  const read = readConfigFile(path);
  switch (read.kind) {
    case 'parsed': {
      const origin = { ...originOf(read, name, diagnostics), folder: dirname(path) };
      const whole: Place = { origin, inner: undefined };
      warnOfPlainSecrets(read.value, path, place, diagnostics);
      return checkUserTable(read.value, whole, diagnostics);
    }
    case 'invalid':
      for (const problem of read.problems) diagnostics.error(place, problem);
      return undefined;
    case 'absent':
      diagnostics.error(place, 'no such file');
      return undefined;
    default:
      return read satisfies never;
  }
}
