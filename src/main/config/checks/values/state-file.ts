// Checks keys that name a file in which state is kept over a restart. It neither reads nor writes the file.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileAt } from '../../diagnostics/place.js';
import { isPath } from './ca-file.js';
import { type Check, orNone, type Setting } from './setting.js';

const PATH_ALLOWED = 'the path of a file, in a directory that exists; null for none';

export function stateFile({ doc, env }: { doc: string; env: string }): Setting<string | null> {
  return orNone({ doc, env, allowed: PATH_ALLOWED, check: checkPlaceOfFile });
}

const checkPlaceOfFile: Check<string> = (value, place, diagnostics) => {
  if (isPath(value) && isPlaceOfFile(fileAt(place, value))) return fileAt(place, value);
  diagnostics.reject(place, value, PATH_ALLOWED);
  return undefined;
};

/** Whether the path can be that of a file. Permissions are not checked: they may change. */
export function isPlaceOfFile(path: string): boolean {
  return kindOf(dirname(path)) === 'directory' && kindOf(path) !== 'directory';
}

function kindOf(path: string): 'directory' | 'other' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'other';
  } catch {
    return undefined;
  }
}
