// A thread that sends every message of its port back (loop.test.ts), until it is terminated.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

const { port } = workerData as { port: MessagePort };

port.on('message', (message) => port.postMessage(message));
parentPort?.postMessage('ready');
