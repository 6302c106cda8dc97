// A thread that rings a doorbell (engine/threads.test.ts): once for each time that its gate is opened, until it is terminated.
import { parentPort, workerData } from 'node:worker_threads';
import { ring } from '../../src/linux/doorbell.js';

const { doorbell, gate } = workerData as { doorbell: number; gate: Int32Array };

parentPort?.postMessage('ready');
Atomics.wait(gate, 0, 0);
ring(doorbell);
