// A process with an acceptor that runs out of fds: it keeps every client until a line comes on its standard input. It prints
// its port first, then its log; after the line, its CPU time and the number of clients that it kept.
import { createLogger } from '../../src/main/process/log.js';
import { AcceptingWorld } from './accepting-world.js';

const log = createLogger('info', { write: (line) => process.stdout.write(line) });
const engine = process.argv[2] === 'epoll' ? 'epoll' : 'uring';
const world = new AcceptingWorld({ engine, connections_max: 1000, capacity: 1024, log });
process.stdout.write(`${JSON.stringify({ port: world.port })}\n`);
const begun = process.cpuUsage();
const keeping = setInterval(() => world.take(), 5);
process.stdin.once('data', () => {
  const { user, system } = process.cpuUsage(begun);
  process.stdout.write(
    `${JSON.stringify({ cpu_ms: (user + system) / 1000, kept: world.taken.size, failing: world.failing })}\n`,
  );
  clearInterval(keeping);
  const ending = setInterval(() => {
    for (const fd of world.take()) world.end(fd);
    for (const fd of world.taken) world.end(fd);
  }, 5);
  process.stdin.once('end', () => {
    clearInterval(ending);
    void world.close();
  });
});
