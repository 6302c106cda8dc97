// This actor's replica of what all actors have learned about routes: read on the hot path, kept fresh by what the route
// actor pushes. What this actor learns is put in at once and reported in batches.
import type { MessagePort } from 'node:worker_threads';
import { formatIp, parseIp } from '../../protocol/address.js';
import type { RouteChange, RouteSubscriber, RoutesActor } from '../../protocol/messages.js';
import type { Options } from '../../protocol/options.js';
import { RouteTable } from '../../protocol/route-table.js';
import { call, type Remote, serve } from '../../threads/port.js';

export interface DialRoute {
  /** Index into the lines. */
  readonly line: number;
  /** Address of the line's first hop. */
  readonly ip: Uint8Array;
  /** When it was last reported, in ms of the engine's clock. */
  readonly reported: number;
}

/** Reports that wait at most; beyond it they are dropped, and the other actors learn for themselves. */
const REPORTS_MAX = 4096;
/** Reports go out this often, or when there are so many. */
const REPORT_EVERY_MS = 100;
const REPORT_BATCH = 256;

export class RoutesReplica implements RouteSubscriber {
  readonly #actor: number;
  readonly #lines: number;
  readonly #table: RouteTable<DialRoute>;
  readonly #refresh_ms: number;
  readonly #now: () => number;
  #ports: MessagePort[] = [];
  #remote: Remote<RoutesActor> | undefined;
  #reports: RouteChange[] = [];
  #reported = 0;

  constructor(actor: number, lines: number, cache: Options['cache'], now: () => number) {
    this.#actor = actor;
    this.#lines = lines;
    this.#table = new RouteTable(cache.entries_max, cache.ttl_s * 1000);
    // A route that goes on working is renewed, but not with a message for every connection.
    this.#refresh_ms = (cache.ttl_s * 1000) / 4;
    this.#now = now;
  }

  connect(reports: MessagePort, pushes: MessagePort): void {
    this.close();
    this.#ports = [reports, pushes];
    for (const port of this.#ports) port.unref();
    this.#remote = call<RoutesActor>(reports);
    serve({ routesChanged: (changes: readonly RouteChange[]) => this.routesChanged(changes) }, pushes);
  }

  get(destination: string, now: number): DialRoute | undefined {
    return this.#table.get(destination, now);
  }

  won(destination: string, line: number, ip: Uint8Array, now: number): void {
    const known = this.#table.get(destination, now);
    const same = known !== undefined && known.line === line && equal(known.ip, ip);
    if (same && now - known.reported < this.#refresh_ms) return;
    this.#table.set(destination, { line, ip, reported: now }, now);
    this.#report({ destination, route: { line, address: formatIp(ip) } });
  }

  forget(destination: string): void {
    this.#table.forget(destination);
    this.#report({ destination, route: undefined });
  }

  async routesChanged(changes: readonly RouteChange[]): Promise<void> {
    const now = this.#now();
    for (const { destination, route } of changes) {
      const ip = route === undefined ? undefined : parseIp(route.address);
      if (route === undefined || ip === undefined || route.line >= this.#lines) this.#table.forget(destination);
      else this.#table.set(destination, { line: route.line, ip, reported: now }, now);
    }
  }

  /** Sends what is to be reported, when it is time. Called once a turn. */
  flush(now: number): void {
    if (this.#reports.length === 0 || this.#remote === undefined) return;
    if (this.#reports.length < REPORT_BATCH && now - this.#reported < REPORT_EVERY_MS) return;
    this.#reported = now;
    const reports = this.#reports;
    this.#reports = [];
    // A route actor that has died learns the rest from the next connections.
    this.#remote.report(this.#actor, reports).catch(() => {});
  }

  close(): void {
    for (const port of this.#ports) port.close();
    this.#ports = [];
    this.#remote = undefined;
  }

  #report(change: RouteChange): void {
    if (this.#reports.length < REPORTS_MAX) this.#reports.push(change);
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
