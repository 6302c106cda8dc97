// The single message of the thread that compiles rules to main. Types only.
import type { RuleTables } from '../../protocol/rules/compile.js';

export type RulesCompiled =
  /** `skipped`: a sentence for each list in which lines were skipped. */
  | { readonly code: 'compiled'; readonly tables: RuleTables; readonly skipped: readonly string[] }
  /** `problems`: sentences, each with the name of its file. */
  | { readonly code: 'failed'; readonly problems: readonly string[] };
