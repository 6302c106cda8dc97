// What the tests of datagrams share: a socket of the engine that receives, and what is to be sent.
import { type Endpoint, packAddress } from '../../../../src/linux/addresses.js';
import type { Socket } from '../../../../src/linux/engine/socket.js';
import { type Memory, mapMemory } from '../../../../src/linux/memory.js';
import { bindTo, localEndpoint } from '../../../../src/linux/sockets.js';
import type { Outgoing } from '../../../../src/linux/udp/datagrams.js';
import { openUdp } from '../../../../src/linux/udp/sockets.js';
import { IPV4 } from '../../peers.js';
import { udpSocket } from '../../udp/peers.js';
import type { World } from '../../world.js';
import { DatagramRecorder } from './recorder.js';

export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** For what is to be sent. */
export const memory = mapMemory(65_536);

/** One datagram of `size` bytes at the beginning of `memory`, unless `of` says otherwise. */
export function outgoing(to: Uint8Array | undefined, of: Partial<Outgoing>, from: Memory = memory): Outgoing {
  const size = of.size ?? 0;
  return {
    ...{ to, head: undefined, memory: from, offset: 0, count: 1, stride: size, size, last: size, ecn: 0 },
    ...{ mayFragment: false, ...of },
  };
}

interface Both {
  readonly heard: DatagramRecorder;
  readonly socket: Socket;
  /** Where the socket is. */
  readonly at: Uint8Array;
  readonly peer: ReturnType<typeof udpSocket>;
}

/** A socket of the engine that receives, and a peer. */
export function both(world: World, ip = IPV4): Both {
  const heard = new DatagramRecorder();
  const fd = openUdp(ip.length);
  bindTo(fd, ip, 0);
  const local = localEndpoint(fd) as Endpoint;
  const peer = udpSocket(ip);
  world.keep(peer.fd);
  const socket = world.engine.adopt(fd, heard);
  world.engine.receiveDatagrams(socket);
  return { heard, socket, at: packAddress(local.ip, local.port), peer };
}
