// A thread with an engine of its own (engine/threads.test.ts): one loopback connection is accepted, greets, and is received.
import { parentPort, workerData } from 'node:worker_threads';
import { packAddress } from '../../src/linux/addresses.js';
import { BufferGroup } from '../../src/linux/engine/buffers.js';
import { openStream, sendBytes } from '../../src/linux/sockets.js';
import { IPV4, listening } from './peers.js';
import { type EngineKind, Recorder, World } from './world.js';

const { kind } = workerData as { kind: EngineKind };

const world = new World(kind);
const { fd, port } = listening();
const heard = new Recorder();
heard.react = (socket, event) => {
  if (event.kind === 'accept') {
    sendBytes(event.result, Buffer.from('hello'));
    world.keep(event.result);
  } else if (event.kind === 'connect') world.engine.receive(socket, BufferGroup.small);
};
world.engine.accept(world.engine.adopt(fd, heard));
world.engine.connect(world.engine.adopt(openStream(IPV4.length), heard), packAddress(IPV4, port));
world.until(() => heard.bytes.length === 5, 'the greeting');
parentPort?.postMessage(heard.bytes.toString());
world.end();
