// Reads the file of a rule's list, bounded by OCTETS_MAX; protocol/rules/list.ts parses it.
import { type ListRead, parseList } from '../protocol/rules/list.js';
import type { ListFile } from '../protocol/rules/rule.js';
import { readBounded } from './bounded-file.js';
import { OCTETS_MAX } from './file-state.js';

export function readListFile({ kind, path, strict = false }: ListFile): ListRead {
  const read = readBounded(path, { octets_max: OCTETS_MAX });
  if (read.kind === 'read') return parseList(kind, read.bytes.toString('utf8'), strict);
  return { code: 'failed', problems: [read.kind === 'absent' ? 'no such file' : read.why] };
}
