// Finds ports at 127.0.0.1 that are free at the moment, below the ephemeral ports that a load uses.
import { createServer } from 'node:net';

const FIRST = 10_000;
const LAST = 32_000;
let next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried > LAST - FIRST) throw new Error('there is no free port');
    next = next < LAST ? next + 1 : FIRST;
    if (await isFree(next)) ports.push(next);
  }
  return ports;
}
