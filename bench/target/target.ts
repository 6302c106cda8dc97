// The process that every load ends at: echo servers on many ports (generator/route.ts says why), proxies to them, a source
// and a sink. It reports its ports on its IPC channel and ends with the channel.
import { BufferGroup } from '../../src/linux/engine/buffers.js';
import { openEngine } from '../../src/linux/engine/choose.js';
import type { Engine } from '../../src/linux/engine/engine.js';
import { Loop } from '../../src/linux/engine/loop.js';
import type { Handler, Socket } from '../../src/linux/engine/socket.js';
import { raiseFileLimit } from '../process/file-limit.js';
import type { TargetReport } from '../shared/messages.js';
import { Acceptor } from './servers/acceptor.js';
import { EchoServer } from './servers/echo.js';
import { ProxyConnection } from './servers/proxy.js';
import { SinkConnection } from './servers/sink.js';
import { SourceConnection } from './servers/source.js';

const ECHO_PORTS = 32;
/** Each start of a subject takes the next port (peers/gateway-config.ts). */
const PROXY_PORTS = 8;
const TURN_MS = 50;

function report(message: TargetReport): void {
  process.send?.(message);
}

const trouble = (cause: string): void => report({ kind: 'trouble', cause });

function listen(engine: Engine, ports: number, accepted: (fd: number) => void): number[] {
  return Array.from({ length: ports }, () => new Acceptor(engine, accepted, trouble).listen());
}

type Beginning = Handler & { begin(socket: Socket): void };

function serve(engine: Engine, connection: () => Beginning, ports = 1): number[] {
  return listen(engine, ports, (fd) => {
    const handler = connection();
    handler.begin(engine.adopt(fd, handler));
  });
}

function start(): void {
  raiseFileLimit();
  const chosen = openEngine('auto');
  if ('code' in chosen) throw new Error(chosen.reason);
  const { engine } = chosen;
  const echo = new EchoServer(engine);
  const echoPorts = listen(engine, ECHO_PORTS, (fd) => engine.receive(engine.adopt(fd, echo), BufferGroup.handshake));
  const known = new Set(echoPorts);
  const ports = {
    echo: echoPorts,
    proxy: serve(engine, () => new ProxyConnection(engine, echo, known), PROXY_PORTS),
    source: serve(engine, () => new SourceConnection(engine)),
    sink: serve(engine, () => new SinkConnection(engine)),
  };
  const loop = new Loop(engine, { mayWait: () => TURN_MS, turned() {} });
  loop.run().catch((error: unknown) => {
    trouble(String(error));
    process.exitCode = 1;
    process.disconnect();
  });
  report({ kind: 'ready', ports });
}

process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal signals the whole process group: the bench ends its children itself.
process.on('SIGINT', () => {});
start();
