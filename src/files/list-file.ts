// Reads the file of a rule's list, bounded by OCTETS_MAX; protocol/rules/list.ts parses it.
import { type ListRead, parseList } from '../protocol/rules/list.js';
import type { ListFile } from '../protocol/rules/rule.js';
import { readBounded } from './bounded-file.js';
import { OCTETS_MAX } from './file-state.js';
import { utf8Text } from './utf8-text.js';

export function readListFile({ kind, path, strict = false }: ListFile): ListRead {
  const read = readBounded(path, { octets_max: OCTETS_MAX });
  if (read.kind === 'absent') return { code: 'failed', problems: ['no such file'] };
  const decoded = read.kind === 'read' ? utf8Text(read.bytes) : read;
  if (decoded.kind === 'unusable') return { code: 'failed', problems: [decoded.why] };
  return parseList(kind, decoded.text, strict);
}
