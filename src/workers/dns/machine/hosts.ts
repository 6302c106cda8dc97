// Names that need no server: the table of the configuration, then /etc/hosts. It parses neither: see
// main/config/checks/dns/hosts.ts and protocol/dns/hosts-file.ts.
import { OCTETS_MAX } from '../../../files/file-state.js';
import type { Warn } from '../../../files/state-file.js';
import { isLocalhost } from '../../../protocol/address/host-name.js';
import { parseHosts } from '../../../protocol/dns/hosts-file.js';
import { WatchedFile } from './watched-file.js';

const HOSTS_FILE = '/etc/hosts';
const LOOPBACK = ['::1', '127.0.0.1'];

export class Hosts {
  readonly #table: Readonly<Record<string, readonly string[]>>;
  readonly #file: WatchedFile<ReadonlyMap<string, readonly string[]>>;

  constructor(
    table: Readonly<Record<string, readonly string[]>>,
    now: () => number,
    path = HOSTS_FILE,
    warn: Warn = () => {},
  ) {
    this.#table = table;
    this.#file = new WatchedFile(path, parseHosts, now, { octets_max: OCTETS_MAX, warn });
  }

  /** What /etc/hosts says now. */
  get content(): ReadonlyMap<string, readonly string[]> {
    return this.#file.content;
  }

  /** Takes a normalised name. Returns canonical addresses; undefined when servers are to be asked. */
  lookup(name: string): readonly string[] | undefined {
    if (Object.hasOwn(this.#table, name)) return this.#table[name];
    return this.content.get(name) ?? (isLocalhost(name) ? LOOPBACK : undefined);
  }
}
