// Debian's Prometheus on loopback, with its promtool. A test that needs it is skipped where it is not installed. `stop` leaves nothing
// of it behind.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './proxies.js';
import { until } from './until.js';

/** Why neither can be used here; undefined if both can. */
export function whyNoPrometheus(): string | undefined {
  const missing = ['prometheus', 'promtool'].filter((program) => spawnSync('which', [program]).status !== 0);
  return missing.length === 0 ? undefined : 'prometheus not installed: apt-get install prometheus';
}

/** What the query API gives for a vector; a value is a text. */
export interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Prometheus {
  /** An answer of its API v1. Throws, with what Prometheus says, where that is an error. */
  ask(path: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
  query(expression: string): Promise<readonly Found[]>;
  stop(): Promise<void>;
}

/** A port that was free may be taken before Prometheus opens it. */
const STARTS_MAX = 3;
/** How often it scrapes, and evaluates its rules. */
const OFTEN = '200ms';

/** It scrapes `target`, an address and a port, and evaluates the rules of a file. */
export async function startPrometheus(target: string, rules: string): Promise<Prometheus> {
  for (let start = 1; ; start += 1) {
    const started = await tryToStart(target, rules);
    if (typeof started !== 'string') return started;
    if (start === STARTS_MAX || !/address already in use/.test(started)) {
      throw new Error(`prometheus did not start: ${started}`);
    }
  }
}

/** Returns its output if it did not start. */
async function tryToStart(target: string, rules: string): Promise<Prometheus | string> {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-prometheus-'));
  const config = join(directory, 'prometheus.yml');
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: OFTEN, scrape_timeout: OFTEN, evaluation_interval: OFTEN },
      rule_files: [rules],
      scrape_configs: [{ job_name: 'tcproute', static_configs: [{ targets: [target] }] }],
    }),
  );
  const place = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${join(directory, 'data')}`, `--web.listen-address=${place}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let isOver = false;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => {
    isOver = true;
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  await until('Prometheus is ready, or has ended', () => isOver || /Server is ready/.test(said));
  if (isOver) {
    await stop();
    return said;
  }
  const ask = async (path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const response = await fetch(`http://${place}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
      headers: { connection: 'close' },
    });
    const answer = (await response.json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data: unknown;
    };
    if (answer.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  };
  return {
    ask,
    query: async (query) => ((await ask('query', { query })) as { readonly result: readonly Found[] }).result,
    stop,
  };
}
