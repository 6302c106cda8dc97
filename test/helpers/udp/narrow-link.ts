// A script for a network namespace (namespace.ts) whose loopback takes packets of 1500 bytes: sends datagrams that are longer from one
// UDP socket of an engine to another one, and returns what both heard. Not a test.
import { spawnSync } from 'node:child_process';
import { packAddress } from '../../../src/linux/addresses.js';
import { openEngine } from '../../../src/linux/engine/choose.js';
import type { Engine } from '../../../src/linux/engine/engine.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { errorName } from '../../../src/linux/error-name.js';
import { bindTo, localEndpoint } from '../../../src/linux/sockets.js';
import { openUdp } from '../../../src/linux/udp/sockets.js';
import { DatagramRecorder } from '../../linux/engine/datagrams/recorder.js';
import { memory, outgoing } from '../../linux/engine/datagrams/world.js';
import { IPV4, IPV6 } from '../../linux/peers.js';

export interface Narrow {
  readonly kind: Engine['kind'];
  readonly ipLength: 4 | 16;
  /** Each is sent in a turn of its own. */
  readonly sends: readonly { readonly size: number; readonly count: number; readonly mayFragment: boolean }[];
}

export interface NarrowHeard {
  /** Bytes of each, and whether it came in fragments. */
  readonly came: readonly string[];
  readonly unsent: readonly string[];
  readonly errors: readonly string[];
}

const TURNS = 5;

function run(engine: Engine, { ipLength, sends }: Narrow): NarrowHeard {
  const ip = ipLength === 4 ? IPV4 : IPV6;
  const open = (heard: DatagramRecorder): Socket => {
    const fd = openUdp(ipLength);
    bindTo(fd, ip, 0);
    const socket = engine.adopt(fd, heard);
    engine.receiveDatagrams(socket);
    return socket;
  };
  const [sender, receiver] = [new DatagramRecorder(), new DatagramRecorder()];
  const from = open(sender);
  const local = localEndpoint(open(receiver).fd);
  if (typeof local === 'number') throw new Error(errorName(local));
  const to = packAddress(local.ip, local.port);
  memory.bytes.fill(7);
  for (const { size, count, mayFragment } of sends) {
    engine.sendDatagrams(from, outgoing(to, { size, count, mayFragment }));
    for (let turn = 0; turn < TURNS; turn += 1) engine.turn(10);
  }
  return {
    came: receiver.heard.map(({ text, wasFragmented }) => `${text.length}${wasFragmented ? ' in fragments' : ''}`),
    unsent: sender.unsent.map(({ count, error }) => `${count}: ${errorName(error)}`),
    errors: sender.errors.map(({ origin, errno, mtu }) => `${origin}: ${errorName(errno)} ${mtu}`),
  };
}

const { status, stderr } = spawnSync('sh', ['-ec', 'ip link set lo mtu 1500 up'], { encoding: 'utf8' });
if (status !== 0) throw new Error(stderr);
process.on('message', (asked: Narrow) => {
  const chosen = openEngine(asked.kind);
  if ('code' in chosen) throw new Error(chosen.reason);
  const heard = run(chosen.engine, asked);
  chosen.engine.destroy();
  process.send?.(heard);
});
process.send?.({});
