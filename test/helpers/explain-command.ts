// `tcproute explain` as its users run it: in a folder of the test's own, with no DNS server that is not the test's.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Explanation } from '../../src/main/commands/explain/explain.js';
import { root } from './gateway.js';
import type { World } from './gateway-world.js';

export const directory = mkdtempSync(join(tmpdir(), 'tcproute-explain-test-'));
after(() => rmSync(directory, { recursive: true }));

export const multipath = (...list: object[]) => ({ type: 'multipath', list });
/** No DNS server is asked that is not the test's. */
export const HERE = {
  nameservers: '127.0.0.1:9',
  dns: { probe: { enabled: 'off' }, timeout_ms: 500, try_timeout_ms: 300 },
};

interface Told {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function explain({ engine }: World, config: object, ...args: string[]): Promise<Told> {
  const file = join(directory, `${engine}.json`);
  writeFileSync(file, JSON.stringify({ ...HERE, ...config }));
  const command = [join(root, 'bin/tcproute.js'), 'explain', '-c', file, ...args];
  const env = { PATH: process.env['PATH'], TCPROUTE_ENGINE: engine, TMPDIR: directory };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: directory, env, timeout: 20_000 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code ?? -1);
      resolve({ status, stdout, stderr });
    });
  });
}

export async function explained(
  world: World,
  config: object,
  ...args: string[]
): Promise<Explanation & { status: number }> {
  const { status, stdout, stderr } = await explain(world, config, ...args, '--json');
  assert.equal(stderr, '');
  const explanation = JSON.parse(stdout) as Explanation;
  assert.deepEqual(
    figures(explanation).filter((figure) => figure !== Math.round(figure * 100) / 100),
    [],
    'figures have two decimals at most',
  );
  return { ...explanation, status };
}

/** All numbers of a tree. */
const figures = (tree: unknown): number[] => {
  if (typeof tree === 'number') return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(figures) : [];
};

export const results = ({ race }: Explanation) => race.attempts.map(({ line, result }) => [line, result]);
