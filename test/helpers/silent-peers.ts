// A script for a network namespace (namespace.ts): connections with keepalive and TCP_USER_TIMEOUT whose peers vanish, because the
// network is switched off. Returns which of them the kernel has ended, in the order of their ends. Not a test.
import { spawnSync } from 'node:child_process';
import { errorName } from '../../src/linux/error-name.js';
import { closeFd, type Probing, pendingError, setKeepAlive, setUserTimeout } from '../../src/linux/sockets.js';
import { connectedPair } from '../linux/peers.js';
import { until } from './until.js';

export interface Silenced {
  readonly sockets: Readonly<Record<string, Probing & { readonly userTimeout_ms: number }>>;
  readonly within_ms: number;
}

function network(state: 'up' | 'down'): void {
  const { status, stderr } = spawnSync('ip', ['link', 'set', 'lo', state], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip link set lo ${state}: ${stderr}`);
}

async function silence({ sockets, within_ms }: Silenced): Promise<readonly string[]> {
  const open = Object.entries(sockets).map(([name, { userTimeout_ms, ...probing }]) => {
    const [near, far] = connectedPair();
    if (userTimeout_ms > 0) setUserTimeout(near, userTimeout_ms);
    setKeepAlive(near, probing);
    return { name, near, far };
  });
  network('down');
  const ended: string[] = [];
  const left = new Set(open);
  const look = (): boolean => {
    for (const one of left) {
      const error = pendingError(one.near);
      if (error === 0) continue;
      left.delete(one);
      ended.push(`${one.name}: ${errorName(error)}`);
    }
    return left.size === 0;
  };
  await until('all have ended', look, within_ms);
  for (const { near, far } of open) for (const fd of [near, far]) closeFd(fd);
  return ended;
}

process.on('message', (asked: Silenced) => {
  silence(asked).then(
    (ended) => process.send?.(ended),
    (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
  );
});
network('up');
process.send?.({});
