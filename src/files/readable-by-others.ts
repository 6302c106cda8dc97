// Whether other users of the machine may read a file: by its own mode, and by those of all folders above it. It knows nothing of
// groups and access lists.
import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const OTHERS_READ = 0o004;
const OTHERS_ENTER = 0o001;
/** Where Docker puts secrets, for all users of the container. */
const OF_CONTAINER = '/run/secrets/';

/** The mode, such as `0644`; undefined where others cannot read the file, and of what is no file. */
export function modeForOthers(path: string): string | undefined {
  try {
    const file = realpathSync(path);
    const { mode } = statSync(file);
    if (!statSync(file).isFile() || (mode & OTHERS_READ) === 0 || file.startsWith(OF_CONTAINER)) return undefined;
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      if ((statSync(folder).mode & OTHERS_ENTER) === 0) return undefined;
      if (folder === dirname(folder)) return `0${(mode & 0o777).toString(8)}`;
    }
  } catch (error) {
    // What cannot be looked at has been read, or reported, by somebody else.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
