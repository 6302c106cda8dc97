// A thread that lives for one task: it reads the lists that the rules name, compiles the rules to tables in shared memory,
// reports them and ends. So neither main, which accepts, nor an actor waits while a long list is read.
import { parentPort, workerData } from 'node:worker_threads';
import { readListFile } from '../../files/list-file.js';
import { compileRules } from '../../protocol/rules/compile.js';
import { ENTRIES_MAX } from '../../protocol/rules/list.js';
import type { ListFile, Rule } from '../../protocol/rules/rule.js';
import type { RulesCompiled } from '../../threads/contracts/rules-compiled.js';
import { shared } from '../../threads/shared/shared-tables.js';

function compile(rules: readonly Rule[]): RulesCompiled {
  const lists = new Map<string, readonly string[]>();
  const problems: string[] = [];
  const skipped: string[] = [];
  for (const file of rules.flatMap(({ destinations }) => destinations?.files ?? [])) {
    if (lists.has(keyOf(file))) continue;
    const read = readListFile(file);
    lists.set(keyOf(file), read.code === 'read' ? read.entries : []);
    if (read.code === 'read' && read.skipped !== undefined) skipped.push(`${file.path}: ${read.skipped}`);
    if (read.code === 'failed') problems.push(...read.problems.map((problem) => `${file.path}: ${problem}`));
  }
  if (problems.length > 0) return { code: 'failed', problems };
  const tables = compileRules(rules, (file) => lists.get(keyOf(file)) ?? []);
  if (tables === undefined) return { code: 'failed', problems: [`more than ${ENTRIES_MAX} names and ranges in all`] };
  return { code: 'compiled', tables: shared(tables), skipped };
}

function keyOf({ kind, path, strict = false }: ListFile): string {
  return `${kind} ${strict} ${path}`;
}

parentPort?.postMessage(compile(workerData as readonly Rule[]));
