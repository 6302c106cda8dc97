// A gateway that other processes take over from, one after the other. All of them write to the log of the first one.
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import type { Gateway, LogRecord } from './gateway.js';
import type { World } from './gateway-world.js';
import { ReloadedGateway } from './reloaded-gateway.js';
import { until } from './until.js';

/** A start beside ten other things. */
const START_MS = 25_000;
const END_MS = 20_000;

export class UpgradedGateway {
  readonly reloaded: ReloadedGateway;
  /** Of all processes so far, the one that serves last. */
  readonly pids: number[];

  private constructor(reloaded: ReloadedGateway) {
    this.reloaded = reloaded;
    this.pids = [reloaded.gateway.child.pid as number];
  }

  /** See `ReloadedGateway.start`. */
  static async start(world: World, ...how: ParametersWithoutWorld): Promise<UpgradedGateway> {
    return world.use(new UpgradedGateway(await ReloadedGateway.start(world, ...how)));
  }

  get gateway(): Gateway {
    return this.reloaded.gateway;
  }

  get port(): number {
    return this.reloaded.port;
  }

  get pid(): number {
    return this.pids.at(-1) as number;
  }

  #told(pattern: RegExp): LogRecord[] {
    return this.gateway.records.filter(({ msg }) => pattern.test(msg));
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Resolves with the log line of the earlier process when another one serves. */
  async upgrade(ask: () => unknown = () => this.signal('SIGUSR1')): Promise<LogRecord> {
    const before = this.pids.length;
    ask();
    const all = (): LogRecord[] => this.#told(/^upgrade: process \d+ has taken over/);
    await until('another process has taken over', () => all().length >= before, START_MS);
    await until('it says so', () => this.#told(/^upgrade: this process/).length >= before, START_MS);
    const told = all()[before - 1] as LogRecord;
    this.pids.push(Number(told['pid']));
    return told;
  }

  /** Resolves with the sentences of an upgrade that fails. */
  async refused(ask: () => unknown = () => this.signal('SIGUSR1')): Promise<readonly string[]> {
    const all = (): LogRecord[] => this.#told(/^upgrade: no other process takes over/);
    const before = all().length;
    ask();
    await until('the upgrade is refused', () => all().length > before, START_MS);
    return all().at(-1)?.['problems'] as readonly string[];
  }

  /** Whether one of its processes still runs. */
  runs(pid: number): boolean {
    assert.ok(this.pids.includes(pid));
    return exists(pid);
  }

  async ends(pid: number): Promise<void> {
    await until(`process ${pid} ends`, () => !exists(pid), END_MS);
  }

  /** What the open fds of a process refer to, without numbers. */
  fds(pid = this.pid): string[] {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder)
      .flatMap((fd) => {
        try {
          return [readlinkSync(`${folder}/${fd}`).replace(/\d+/g, '#')];
        } catch {
          return [];
        }
      })
      .sort();
  }

  async close(): Promise<void> {
    for (const pid of this.pids) if (exists(pid)) process.kill(pid, 'SIGTERM');
    const kill = setTimeout(() => {
      for (const pid of this.pids) if (exists(pid)) process.kill(pid, 'SIGKILL');
    }, END_MS);
    await this.gateway.exited;
    clearTimeout(kill);
  }
}

type ParametersWithoutWorld = Parameters<typeof ReloadedGateway.start> extends [unknown, ...infer Rest] ? Rest : never;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
