// A script for a network namespace (namespace.ts): sets up the network as ordered, starts a gateway there, and returns the
// replies that a client gets. Not a test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineName, Gateway, program } from './gateway.js';
import { type Destination, dial } from './socks-client.js';

export interface Asked {
  /** Shell commands. */
  readonly setup: string;
  readonly config: object;
  readonly engine: EngineName;
  /** Port 0 stands for the gateway's own port. */
  readonly destinations: readonly Destination[];
  /** Of the program, with this configuration. */
  readonly commands?: readonly (readonly string[])[];
}

export interface Answered {
  readonly answers: readonly { readonly rep: number; readonly cause: string | undefined }[];
  /** What each command wrote to standard output. */
  readonly said: readonly string[];
}

async function answer({ setup, config, engine, destinations, commands = [] }: Asked): Promise<Answered> {
  const done = spawnSync('sh', ['-ec', setup], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${setup}: ${done.stderr}`);
  const gateway = await Gateway.start({ ...config, log_level: 'debug' } as object, engine);
  try {
    return { answers: await ask(gateway, destinations), said: commands.map((command) => say(command, config)) };
  } finally {
    await gateway.kill();
  }
}

function say(command: readonly string[], config: object): string {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-asking-'));
  try {
    const file = join(directory, 'c.json');
    writeFileSync(file, JSON.stringify(config));
    const env = { PATH: process.env['PATH'] };
    return spawnSync(process.execPath, [program, ...command, '-c', file], { encoding: 'utf8', env }).stdout;
  } finally {
    rmSync(directory, { recursive: true });
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
