// Keeps the rules that all connection actors go by: compiles them before the first connection, looks whether a file of
// theirs has changed, and then compiles them anew. What cannot be compiled leaves the rules as they were.
import { fileState } from '../../files/file-state.js';
import type { RuleTables } from '../../protocol/rules/compile.js';
import type { Rule } from '../../protocol/rules/rule.js';
import type { Logger } from '../process/log.js';
import { compileApart, type RuleCompilation } from './compilation.js';

/** A changed file is read when it has stayed the same from one look to the next: whoever writes it has then done so. */
const LOOK_MS = 500;

export class RuleKeeper {
  readonly #rules: readonly Rule[];
  readonly #paths: readonly string[];
  readonly #log: Logger;
  readonly #publish: (tables: RuleTables) => Promise<void>;
  /** What the files were like when they were read, and at the last look. */
  #read = '';
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #compilation: RuleCompilation | undefined;
  #stopped = false;

  /** `publish` gives the rules to all who go by them. */
  constructor(rules: readonly Rule[], log: Logger, publish: (tables: RuleTables) => Promise<void>) {
    this.#rules = rules;
    this.#paths = [...new Set(rules.flatMap(({ destinations }) => destinations?.files.map(({ path }) => path) ?? []))];
    this.#log = log;
    this.#publish = publish;
  }

  /** Settles with undefined once the rules are published, or with why they cannot be. */
  async start(): Promise<string | undefined> {
    if (this.#rules.length === 0) return undefined;
    this.#read = await this.#look();
    // What is odd was told when the configuration was loaded.
    const problems = await this.#compile(() => {});
    if (problems !== undefined) return `rules: ${problems.join('; ')}`;
    this.#lookLater();
    return undefined;
  }

  /** Ends looking and compiling. */
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
    // Not said again before the next change.
    if (problems !== undefined && !this.#stopped) {
      this.#log.warn({ problems }, 'the lists of rules have changed and cannot be used: the rules stay as they were');
    }
  }

  async #look(): Promise<string> {
    this.#seen = (await Promise.all(this.#paths.map(fileState))).join('\n');
    return this.#seen;
  }

  /** Compiles and publishes; gives what is wrong. */
  async #compile(odd: (skipped: readonly string[]) => void): Promise<readonly string[] | undefined> {
    this.#compilation = compileApart(this.#rules);
    const compiled = await this.#compilation.outcome;
    this.#compilation = undefined;
    if (compiled.code === 'failed') return compiled.problems;
    if (compiled.skipped.length > 0) odd(compiled.skipped);
    await this.#publish(compiled.tables);
    const { entries } = compiled.tables;
    this.#log.info({ rules: this.#rules.length, entries }, 'rules are in force');
    return undefined;
  }
}
