// Keeps the rules of all connection actors up to date: compiles them before the first connection, and again when one of
// their list files has changed. If that compilation fails, the rules stay as they were. It matches no connection.
import type { RuleTables } from '../../protocol/rules/compile.js';
import type { Rule } from '../../protocol/rules/rule.js';
import type { RulesCompiled } from '../../threads/contracts/rules-compiled.js';
import { type Failed, failed } from '../process/done.js';
import { FileWatch } from '../process/file-watch.js';
import type { Logger } from '../process/log.js';
import { compileApart, type RuleCompilation } from './compilation.js';

export class RuleKeeper {
  readonly #rules: readonly Rule[];
  readonly #watch: FileWatch;
  readonly #log: Logger;
  readonly #publish: (tables: RuleTables) => Promise<void>;
  #compilation: RuleCompilation | undefined;
  #stopped = false;

  /** `publish` gives compiled rules to all connection actors. */
  constructor(rules: readonly Rule[], log: Logger, publish: (tables: RuleTables) => Promise<void>) {
    this.#rules = rules;
    const paths = rules.flatMap(({ destinations }) => destinations?.files.map(({ path }) => path) ?? []);
    this.#watch = new FileWatch([...new Set(paths)], () => this.#compileAgain());
    this.#log = log;
    this.#publish = publish;
  }

  /** Compiles the rules for the first time and publishes nothing. `tables`: undefined where there are no rules. */
  async prepare(): Promise<{ readonly code: 'prepared'; readonly tables: RuleTables | undefined } | Failed> {
    if (this.#rules.length === 0) return { code: 'prepared', tables: undefined };
    await this.#watch.note();
    // Skipped lines were reported when the configuration was loaded.
    const compiled = await this.#compile(() => {});
    if (compiled.code === 'failed') return failed(`rules: ${compiled.problems.join('; ')}`);
    return { code: 'prepared', tables: compiled.tables };
  }

  /** What was prepared is in force: publishes it again whenever a list file has changed. */
  start(): void {
    if (this.#rules.length > 0) this.#watch.start();
  }

  /** Stops looking and compiling. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    await this.#compilation?.cancel();
  }

  async #compileAgain(): Promise<void> {
    const compiled = await this.#compile((skipped) => {
      this.#log.warn({ skipped }, 'lines in the lists of rules are no entries: passed over');
    });
    if (this.#stopped) return;
    if (compiled.code === 'compiled') await this.#publish(compiled.tables);
    else {
      const { problems } = compiled;
      this.#log.warn({ problems }, 'the lists of rules have changed and cannot be used: the rules stay as they were');
    }
  }

  /** `odd` is called with skipped lines. */
  async #compile(odd: (skipped: readonly string[]) => void): Promise<RulesCompiled> {
    this.#compilation = compileApart(this.#rules);
    const compiled = await this.#compilation.outcome;
    this.#compilation = undefined;
    if (compiled.code === 'failed') return compiled;
    if (compiled.skipped.length > 0) odd(compiled.skipped);
    const { entries } = compiled.tables;
    this.#log.info({ rules: this.#rules.length, entries }, 'rules are in force');
    return compiled;
  }
}
