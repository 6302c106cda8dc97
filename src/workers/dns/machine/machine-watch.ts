// Looks after the machine's files that say what names come to: a name that is put into /etc/hosts, or new servers in
// resolv.conf, outdate answers that would hold for long. It tells which names; whoever keeps answers of them lets go.
import type { Hosts } from './hosts.js';

const LOOK_MS = 1000;
/** More are told as all. */
const NAMES_MAX = 1000;

export interface Outdated {
  /** Normalised; undefined for all. */
  readonly names: readonly string[] | undefined;
  /** Whether the servers of the machine are others. */
  readonly servers: boolean;
}

interface MachineWatchParts {
  readonly hosts: Pick<Hosts, 'content'>;
  /** Changes when the machine's servers do; undefined where they are not asked. */
  readonly servers: () => string | undefined;
  readonly changed: (outdated: Outdated) => void;
}

export class MachineWatch {
  readonly #parts: MachineWatchParts;
  readonly #timer: NodeJS.Timeout;
  #hosts: Hosts['content'];
  #servers: string | undefined;
  /** Seen, and told after the next look: answers that were on their way have come by then. */
  #seen: Outdated | undefined;

  constructor(parts: MachineWatchParts) {
    this.#parts = parts;
    this.#hosts = parts.hosts.content;
    this.#servers = parts.servers();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  look(): void {
    const seen = this.#seen;
    this.#seen = this.#difference();
    if (seen !== undefined) this.#parts.changed(seen);
  }

  stop(): void {
    clearInterval(this.#timer);
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
    // What the file said before does not hold for long. What is new in it may be known from servers.
    for (const name of hosts.keys()) {
      if (!before.has(name)) names.push(name);
      if (names.length > NAMES_MAX) return { names: undefined, servers: false };
    }
    return names.length > 0 ? { names, servers: false } : undefined;
  }
}
