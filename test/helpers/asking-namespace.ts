// Runs in a namespace of its own (namespace.ts): sets its network up as it is told, starts a gateway there, and says what a
// client is answered. Not a test.
import { spawnSync } from 'node:child_process';
import { type EngineName, Gateway } from './gateway.js';
import { type Destination, dial } from './socks-client.js';

export interface Asked {
  /** Commands of a shell. */
  readonly setup: string;
  readonly config: object;
  readonly engine: EngineName;
  /** Port 0 is the gateway's own. */
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
