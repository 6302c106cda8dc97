// One compilation of the rules, in a separate thread (workers/rules/compile.ts). When to compile is decided by keeper.ts.
import type { Rule } from '../../protocol/rules/rule.js';
import type { RulesCompiled } from '../../threads/contracts/rules-compiled.js';
import { type Apart, runApart } from '../process/apart.js';

const THREAD = new URL('../../workers/rules/compile.js', import.meta.url);

export type RuleCompilation = Apart<RulesCompiled>;

export function compileApart(rules: readonly Rule[]): RuleCompilation {
  return runApart<RulesCompiled>({
    ...{ thread: THREAD, data: rules, what: 'the rules were', done: 'compiled' },
    failed: (problem) => ({ code: 'failed', problems: [problem] }),
  });
}
