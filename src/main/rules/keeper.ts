// Keeps the rules of all connection actors up to date: compiles them before the first connection, and again when one of
// their list files has changed. If that compilation fails, the rules stay as they were. It matches no connection.
import { fileState } from '../../files/file-state.js';
import type { RuleTables } from '../../protocol/rules/compile.js';
import type { Rule } from '../../protocol/rules/rule.js';
import { DONE, type Done, failed } from '../process/done.js';
import type { Logger } from '../process/log.js';
import { compileApart, type RuleCompilation } from './compilation.js';

/** A changed file is read once it is the same at two looks in a row: its writer has then finished. */
const LOOK_MS = 500;

export class RuleKeeper {
  readonly #rules: readonly Rule[];
  readonly #paths: readonly string[];
  readonly #log: Logger;
  readonly #publish: (tables: RuleTables) => Promise<void>;
  /** The states of the files when they were compiled, and at the last look. */
  #read = '';
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #compilation: RuleCompilation | undefined;
  #stopped = false;

  /** `publish` gives compiled rules to all connection actors. */
  constructor(rules: readonly Rule[], log: Logger, publish: (tables: RuleTables) => Promise<void>) {
    this.#rules = rules;
    this.#paths = [...new Set(rules.flatMap(({ destinations }) => destinations?.files.map(({ path }) => path) ?? []))];
    this.#log = log;
    this.#publish = publish;
  }

  /** Resolves once the rules are published, or cannot be. */
  async start(): Promise<Done> {
    if (this.#rules.length === 0) return DONE;
    this.#read = await this.#look();
    // Skipped lines were reported when the configuration was loaded.
    const problems = await this.#compile(() => {});
    if (problems.length > 0) return failed(`rules: ${problems.join('; ')}`);
    this.#lookLater();
    return DONE;
  }

  /** Stops looking and compiling. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#compilation?.cancel();
  }

  #lookLater(): void {
    if (this.#stopped || this.#paths.length === 0) return;
    this.#timer = setTimeout(() => void this.#lookAgain().then(() => this.#lookLater()), LOOK_MS);
  }

  async #lookAgain(): Promise<void> {
    const before = this.#seen;
    const now = await this.#look();
    if (now === this.#read || now !== before || this.#stopped) return;
    this.#read = now;
    const problems = await this.#compile((skipped) => {
      this.#log.warn({ skipped }, 'lines in the lists of rules are no entries: passed over');
    });
    // Said once for each change, since `#read` is set.
    if (problems.length > 0 && !this.#stopped) {
      this.#log.warn({ problems }, 'the lists of rules have changed and cannot be used: the rules stay as they were');
    }
  }

  async #look(): Promise<string> {
    this.#seen = (await Promise.all(this.#paths.map(fileState))).join('\n');
    return this.#seen;
  }

  /** Compiles and publishes the rules. Returns problems; `odd` is called with skipped lines. */
  async #compile(odd: (skipped: readonly string[]) => void): Promise<readonly string[]> {
    this.#compilation = compileApart(this.#rules);
    const compiled = await this.#compilation.outcome;
    this.#compilation = undefined;
    if (compiled.code === 'failed') return compiled.problems;
    if (compiled.skipped.length > 0) odd(compiled.skipped);
    await this.#publish(compiled.tables);
    const { entries } = compiled.tables;
    this.#log.info({ rules: this.#rules.length, entries }, 'rules are in force');
    return [];
  }
}
