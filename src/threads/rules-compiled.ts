// What the thread that compiles rules says to main, once. Types only.
import type { RuleTables } from '../protocol/rule-tables.js';

export type RulesCompiled =
  | { readonly code: 'compiled'; readonly tables: RuleTables }
  /** In sentences, each with its file. */
  | { readonly code: 'failed'; readonly problems: readonly string[] };
