// A gateway whose configuration file a test changes while it runs.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gateway, type LogRecord, type Surroundings } from './gateway.js';
import type { World } from './gateway-world.js';
import { until } from './until.js';

const WORKERS = 2;
/** As in `Gateway.begin`. */
const RACE = { early_probe_interval_s: 0, margin_ms: 1000 };

interface Config {
  readonly race?: object;
  readonly [key: string]: unknown;
}

export class ReloadedGateway {
  readonly gateway: Gateway;
  readonly file: string;
  #reloads = 0;

  private constructor(gateway: Gateway, file: string) {
    this.gateway = gateway;
    this.file = file;
  }

  /** `directory`: of the file, which is made; removed at the end. `fds`: its RLIMIT_NOFILE. */
  static async start(
    world: World,
    config: Config,
    {
      directory = madeDirectory(),
      fds,
      ...surroundings
    }: Surroundings & { readonly directory?: string; readonly fds?: number } = {},
  ): Promise<ReloadedGateway> {
    world.use({ close: () => rmSync(directory, { recursive: true }) });
    const file = join(directory, 'config.json');
    writeFileSync(file, textOf(config));
    const gateway = world.own(Gateway.spawn(file, world.engine, [], fds, [], surroundings));
    await gateway.listens();
    return new ReloadedGateway(gateway, file);
  }

  get port(): number {
    return this.gateway.port;
  }

  #told(): LogRecord[] {
    return this.gateway.records.filter(({ msg }) => msg.startsWith('reload: '));
  }

  /** Another configuration, or another text of its file. */
  write(config: Config | string): void {
    writeFileSync(`${this.file}.new`, typeof config === 'string' ? config : textOf(config));
    renameSync(`${this.file}.new`, this.file);
  }

  /** Reloads with another configuration, or another text of its file. Returns the log line of what came of it. */
  async reload(config: Config | string): Promise<LogRecord> {
    this.write(config);
    this.gateway.child.kill('SIGHUP');
    this.#reloads += 1;
    await until('the reload is told', () => this.#told().length >= this.#reloads);
    return this.#told()[this.#reloads - 1] as LogRecord;
  }
}

const madeDirectory = (): string => mkdtempSync(join(tmpdir(), 'tcproute-reload-'));

const textOf = (config: Config): string =>
  JSON.stringify({ port: 0, workers: WORKERS, ...config, race: { ...RACE, ...config.race } });
