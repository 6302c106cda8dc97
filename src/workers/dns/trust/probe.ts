// The prober: at the start and at intervals it finds out which addresses servers make up and which the network injects. It
// judges no answer and keeps no address: its findings go to the blacklist.
import { formatEndpoint, parseIp } from '../../../protocol/address/address.js';
import { isSpecialIp } from '../../../protocol/address/special-address.js';
import type { Nameserver } from '../../../protocol/options.js';
import type { Finding } from '../../../protocol/trust/blacklist.js';
import type { ProbeOptions } from '../../../protocol/trust-options.js';
import { probePhantom } from './probe-phantom.js';
import { type AskServer, probeServer } from './probe-servers.js';

export interface ProberParts {
  readonly servers: readonly Nameserver[];
  readonly ask: AskServer;
  /** For one query. */
  readonly timeout_ms: number;
  found(finding: Finding): void;
  /** Called at the end of each probe. */
  done(counts: ProbeCounts): void;
}

export interface ProbeCounts {
  /** Completed probes. */
  readonly probes: number;
  /** Addresses found, repeated ones counted again. */
  readonly found: number;
  /** Phantom servers whose traffic was intercepted in the last probe. */
  readonly intercepted: number;
}

/** The domain for phantom servers where none is configured. */
const USUAL_DOMAIN = 'com';

export class Prober {
  readonly #options: ProbeOptions;
  readonly #parts: ProberParts;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  /** Settles after the first round, or at once if there is none. */
  readonly once: Promise<void>;
  #onceDone: () => void = () => {};
  #probes = 0;
  #found = 0;

  constructor(options: ProbeOptions, parts: ProberParts) {
    this.#options = options;
    this.#parts = parts;
    this.once = new Promise((resolve) => {
      this.#onceDone = resolve;
    });
    if (options.enabled === 'off') this.#onceDone();
  }

  /** Begins the first probe; the others follow by themselves. */
  start(): void {
    if (this.#options.enabled === 'off' || this.#stopping.signal.aborted) return;
    this.#running = this.#probe().then(() => {
      if (this.#stopping.signal.aborted) return;
      this.#timer = setTimeout(() => this.start(), this.#options.interval_s * 1000);
      // A process must not stay alive only for the next probe.
      this.#timer.unref();
    });
  }

  /** Ends the probe under way; settles when all its sockets are closed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #probe(): Promise<void> {
    const { names, tlds, phantom_servers, rounds } = this.#options;
    const { servers, ask, timeout_ms, found } = this.#parts;
    const { signal } = this.#stopping;
    const intercepted = new Set<string>();
    for (let round = 0; round < rounds && !signal.aborted; round += 1) {
      const errors = servers.map((server) =>
        probeServer(server, { domains: tlds, ask, timeout_ms, signal }, (address, { id }) => {
          this.#found += 1;
          found({ address, how: 'error-correction', by: id, name: undefined });
        }),
      );
      const spoofs = names.length === 0 ? [] : phantom_servers;
      const domain = tlds[0] ?? USUAL_DOMAIN;
      const injected = spoofs.map(async (phantom) => {
        const by = `udp://${formatEndpoint(phantom.address, phantom.port)}`;
        const report = await probePhantom(phantom, { names, domain, timeout_ms, signal });
        if (report.intercepted) intercepted.add(by);
        for (const { name, address } of report.injections) {
          if (report.intercepted && !isWorthless(address)) continue;
          this.#found += 1;
          found({ address, how: 'spoofing', by, name });
        }
      });
      await Promise.all([...errors, ...injected]);
      this.#onceDone();
    }
    if (signal.aborted) return;
    this.#probes += 1;
    this.#parts.done({ probes: this.#probes, found: this.#found, intercepted: intercepted.size });
  }
}

/** Whether no honest server gives this address for a site: it counts as spoofed even if the traffic is intercepted. */
function isWorthless(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && isSpecialIp(ip);
}
