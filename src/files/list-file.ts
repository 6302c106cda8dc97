// A list of a rule from its file, bounded, as protocol/rule-list.ts understands it.
import { readFileSync, statSync } from 'node:fs';
import type { ListFile } from '../protocol/rule.js';
import { type ListRead, parseList } from '../protocol/rule-list.js';
import { OCTETS_MAX } from './file-state.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'cannot be read: permission denied',
};

export function readListFile({ kind, path }: ListFile): ListRead {
  try {
    const found = statSync(path);
    if (!found.isFile()) return failed('is no file');
    if (found.size > OCTETS_MAX) return failed(`is larger than ${OCTETS_MAX / 1024 / 1024} MiB`);
    return parseList(kind, readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return failed(REASONS[code] ?? `cannot be read: ${code}`);
  }
}

function failed(problem: string): ListRead {
  return { code: 'failed', problems: [problem] };
}
