// shim.ts as a program: prints its port, and runs until its standard input ends.
//   node dist/test/helpers/udp/shim-worker.js PROXY-HOST PROXY-PORT HOST PORT [OWN-PORT]
import { UdpShim } from './shim.js';

const [proxyHost = '', proxyPort, host = '', port, ownPort = 0] = process.argv.slice(2);
const proxy = { host: proxyHost, port: Number(proxyPort) };
const shim = await UdpShim.open(proxy, { host, port: Number(port) }, { port: Number(ownPort) });
process.stdout.write(`${shim.port}\n`);
process.stdin.resume().once('end', () => {
  process.stdout.write(`${JSON.stringify({ up: shim.up, down: shim.down, failures: shim.failures })}\n`);
  void shim.close();
});
