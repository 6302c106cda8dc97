// Compares the machine's files that decide names with what they were at the last look: a name added to /etc/hosts, or new
// servers in resolv.conf, outdate answers that would otherwise stay valid for long. It reports which names are outdated; it
// drops no answer itself and has no timer.
import type { Hosts } from './hosts.js';

/** More names than this are reported as all names. */
const NAMES_MAX = 1000;

export interface Outdated {
  /** Normalised; undefined for all. */
  readonly names: readonly string[] | undefined;
  /** Whether the machine's servers have changed. */
  readonly servers: boolean;
}

interface MachineWatchParts {
  readonly hosts: Pick<Hosts, 'content'>;
  /** A text that changes when the machine's servers do; undefined where they are not asked. */
  readonly servers: () => string | undefined;
  readonly changed: (outdated: Outdated) => void;
}

export class MachineWatch {
  readonly #parts: MachineWatchParts;
  #hosts: Hosts['content'];
  #servers: string | undefined;
  /** A change seen at the last look, reported at the next one: answers under way have arrived by then. */
  #seen: Outdated | undefined;

  constructor(parts: MachineWatchParts) {
    this.#parts = parts;
    this.#hosts = parts.hosts.content;
    this.#servers = parts.servers();
  }

  /** Returns whether a change was seen that the next look will report. */
  look(): boolean {
    const seen = this.#seen;
    this.#seen = this.#difference();
    if (seen !== undefined) this.#parts.changed(seen);
    return this.#seen !== undefined;
  }

  #difference(): Outdated | undefined {
    const [before, hosts] = [this.#hosts, this.#parts.hosts.content];
    const servers = this.#parts.servers();
    const areOthers = servers !== this.#servers;
    this.#servers = servers;
    this.#hosts = hosts;
    if (areOthers) return { names: undefined, servers: true };
    if (hosts === before) return undefined;
    const names: string[] = [];
    // Only added names: answers of hosts files expire soon, answers of servers may not.
    for (const name of hosts.keys()) {
      if (!before.has(name)) names.push(name);
      if (names.length > NAMES_MAX) return { names: undefined, servers: false };
    }
    return names.length > 0 ? { names, servers: false } : undefined;
  }
}
