// What is wrong with an engine that is up: it takes no writes, or a command is not allowed. Each is over when a command that was
// refused is done again.
import type { Notice } from '../../../protocol/notices/notice.js';
import type { Command, EngineFault, Reply } from './engine.js';
import { type Failure, failureOfReply, faultOf, isError } from './faults.js';

/** Those that last, and what is said when they are over. */
const LASTING = {
  full: 'the engine of the site takes writes again',
  permission: 'the engine of the site allows again what is needed',
  other: 'the keys of the site in the engine are as they should be again',
} as const;
type Lasting = keyof typeof LASTING;
const KINDS: readonly Lasting[] = ['full', 'permission', 'other'];

interface Condition extends Failure {
  /** The name of the command that was refused. */
  readonly command: string;
}

export class Conditions {
  readonly #now = new Map<Lasting, Condition>();
  readonly #tell: (notice: Notice) => void;

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell;
  }

  get worst(): Failure | undefined {
    return KINDS.map((kind) => this.#now.get(kind)).find((condition) => condition !== undefined);
  }

  /** `count` is called for each reply that is a fault. */
  heard(commands: readonly Command[], replies: readonly Reply[], count: (fault: EngineFault) => void): void {
    const refused = new Set<string>();
    for (const [at, reply] of replies.entries()) {
      if (!isError(reply)) continue;
      const command = String(commands[at]?.[0]).toUpperCase();
      refused.add(command);
      const fault = faultOf(reply.error);
      if (fault !== undefined) count(fault);
      if (isLasting(fault)) this.#begin(fault, { ...failureOfReply(reply.error), command });
    }
    if (this.#now.size > 0) this.#done(commands, refused);
  }

  /** Commands that were done: one that is done for some keys alone is refused. */
  #done(commands: readonly Command[], refused: ReadonlySet<string>): void {
    for (const command of new Set(commands.map(([name]) => String(name).toUpperCase()))) {
      if (refused.has(command)) continue;
      for (const [kind, condition] of this.#now) if (condition.command === command) this.#end(kind);
    }
  }

  /** The engine is left, and whatever was wrong with it. */
  leave(): void {
    for (const kind of KINDS) if (this.#now.has(kind)) this.#end(kind, { ends: true });
  }

  #begin(kind: Lasting, condition: Condition): void {
    if (this.#now.has(kind)) return;
    this.#now.set(kind, condition);
    const message = `the engine of the site refuses ${condition.command}: ${condition.detail}`;
    this.#tell({ topic: topicOf(kind), good: false, level: 'warn', message, fields: { fault: kind } });
  }

  #end(kind: Lasting, how: Pick<Notice, 'ends'> = {}): void {
    this.#now.delete(kind);
    this.#tell({ topic: topicOf(kind), good: true, level: 'info', message: LASTING[kind], fields: {}, ...how });
  }
}

const topicOf = (kind: Lasting): string => `share engine ${kind}`;

const isLasting = (fault: EngineFault | undefined): fault is Lasting =>
  fault !== undefined && Object.hasOwn(LASTING, fault);
