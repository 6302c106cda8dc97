// Starts a gateway with the command line given as arguments, asks it by SOCKS5 for a server of its own, and expects that server's
// text. Then it stops the gateway, which must end with status 0. The command in the variable
// HEALTH, if there is one, must succeed meanwhile and fail afterwards. For scripts that try an installed package.
import { spawn, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Of everything; a busy machine needs seconds for a start. */
const PATIENCE_MS = 60_000;
const REQUESTS = Number(process.env.REQUESTS ?? 1);
const AT_A_TIME = 50;
const TEXT = 'through the gateway';

const [command, ...args] = process.argv.slice(2);
const server = createServer((socket) => socket.end(TEXT)).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

const gateway = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => gateway.once('close', (status, signal) => resolve(signal ?? status)));
const late = setTimeout(() => fail(`not within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
gateway.once('error', (error) => fail(error.message));

const port = await new Promise((resolve) => {
  createInterface({ input: gateway.stdout }).on('line', (line) => {
    const [, port] = /"msg":"listening on 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port !== undefined) resolve(Number(port));
  });
  ended.then((status) => fail(`the gateway ended with ${status}`));
});
for (let left = REQUESTS; left > 0; left -= AT_A_TIME) {
  const asked = Array.from({ length: Math.min(left, AT_A_TIME) }, () => ask(port, server.address().port));
  for (const heard of await Promise.all(asked)) if (heard !== TEXT) fail(`heard "${heard}"`);
}
if (process.env.HEALTH && !isHealthy()) fail(`no success while it serves: ${process.env.HEALTH}`);
gateway.removeAllListeners('close');
const last = new Promise((resolve) => gateway.once('close', (status, signal) => resolve(signal ?? status)));
gateway.kill('SIGTERM');
const status = await last;
if (status !== 0) fail(`the gateway ended with ${status}`);
if (process.env.HEALTH && isHealthy()) fail(`success when it has ended: ${process.env.HEALTH}`);
clearTimeout(late);
server.close();
console.log(`served ${REQUESTS} ${REQUESTS === 1 ? 'request' : 'requests'} by SOCKS5`);

function isHealthy() {
  return spawnSync(process.env.HEALTH, { shell: true, stdio: 'inherit' }).status === 0;
}

/** What the server at that port of 127.0.0.1 says. */
function ask(gatewayPort, port) {
  const socket = connect(gatewayPort, '127.0.0.1');
  socket.write(Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255]));
  return new Promise((resolve, reject) => {
    const chunks = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('error', reject);
    // Two bytes choose the method, ten are the reply.
    socket.once('close', () => resolve(Buffer.concat(chunks).subarray(12).toString()));
  });
}

function fail(why) {
  console.error(`serves: ${why}`);
  gateway.kill('SIGKILL');
  process.exit(1);
}
