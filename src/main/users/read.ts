// A thread that lives for one task: it reads a users_file that has changed, makes the users that claims are judged by, posts
// them and ends. So main does not wait while a long file is read. When it is read is decided by keeper.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { judgedUsers } from '../../protocol/users/judged-users.js';
import { PairDigest } from '../../protocol/users/pair-digest.js';
import { rejectTwice, usersOnLines } from '../config/checks/users/on-lines.js';
import { readUsersFile } from '../config/checks/users/users-file.js';
import { Diagnostics } from '../config/diagnostics/diagnostics.js';
import { placeOf } from '../config/diagnostics/place.js';
import type { ReadTask, UsersRead } from './users-read.js';

function read({ path, inline, lines, key }: ReadTask): UsersRead {
  const diagnostics = new Diagnostics();
  const settings = readUsersFile(path, path, diagnostics) ?? [];
  rejectTwice(settings, new Set(inline), placeOf(path), diagnostics);
  const entries = usersOnLines(settings, lines, placeOf(path), diagnostics);
  if (diagnostics.errorCount > 0) return { code: 'failed', problems: diagnostics.errors };
  return { code: 'read', users: judgedUsers(entries, new PairDigest(key)) };
}

parentPort?.postMessage(read(workerData as ReadTask));
