// What the thread that compiles rules says to main, once. Types only.
import type { RuleTables } from '../../protocol/rules/compile.js';

export type RulesCompiled =
  /** `skipped`: of lists with lines that are passed over, a sentence each. */
  | { readonly code: 'compiled'; readonly tables: RuleTables; readonly skipped: readonly string[] }
  /** In sentences, each with its file. */
  | { readonly code: 'failed'; readonly problems: readonly string[] };
