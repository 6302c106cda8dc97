// A list of a rule from its file, bounded, as protocol/rule-list.ts understands it.
import type { ListFile } from '../protocol/rule.js';
import { type ListRead, parseList } from '../protocol/rule-list.js';
import { readBounded } from './bounded-file.js';
import { OCTETS_MAX } from './file-state.js';

export function readListFile({ kind, path, strict = false }: ListFile): ListRead {
  const read = readBounded(path, { octets_max: OCTETS_MAX });
  if (read.kind === 'read') return parseList(kind, read.bytes.toString('utf8'), strict);
  return { code: 'failed', problems: [read.kind === 'absent' ? 'no such file' : read.why] };
}
