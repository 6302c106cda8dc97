// A script for a network namespace (namespace.ts): sets up the network as ordered, starts a gateway there, and returns the
// replies that a client gets. Not a test.
import { spawnSync } from 'node:child_process';
import { type EngineName, Gateway } from './gateway.js';
import { type Destination, dial } from './socks-client.js';

export interface Asked {
  /** Shell commands. */
  readonly setup: string;
  readonly config: object;
  readonly engine: EngineName;
  /** Port 0 stands for the gateway's own port. */
  readonly destinations: readonly Destination[];
}

export interface Answered {
  readonly answers: readonly { readonly rep: number; readonly cause: string | undefined }[];
}

async function answer({ setup, config, engine, destinations }: Asked): Promise<Answered> {
  const done = spawnSync('sh', ['-ec', setup], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${setup}: ${done.stderr}`);
  const gateway = await Gateway.start({ ...config, log_level: 'debug' } as object, engine);
  try {
    return { answers: await ask(gateway, destinations) };
  } finally {
    await gateway.kill();
  }
}

async function ask(gateway: Gateway, destinations: readonly Destination[]): Promise<Answered['answers']> {
  const answers: { rep: number; cause: string | undefined }[] = [];
  for (const { host, port } of destinations) {
    const destination = { host, port: port === 0 ? gateway.port : port };
    const { peer, reply } = await dial(gateway.port, destination);
    peer.close();
    const cause = reply.rep === 0 ? undefined : (await gateway.connection(destination)).cause;
    answers.push({ rep: reply.rep, cause });
  }
  return answers;
}

process.on('message', (asked: Asked) => {
  const failed = (error: Error) => process.send?.({ error: error.stack ?? error.message });
  answer(asked).then((answered) => process.send?.(answered), failed);
});
process.once('disconnect', () => process.exit());
process.send?.({ ready: true });
