// The DNS actor: the long task of one worker thread. Main speaks to it on the control port, and each connection actor
// on a port of its own. It keeps no more than who is connected: lookups are resolver.ts.
import type { MessagePort } from 'node:worker_threads';
import type { NamesActor, NamesControl } from '../../protocol/messages.js';
import type { Options } from '../../protocol/options.js';
import { serve } from '../../threads/port.js';
import { Resolver } from './resolver.js';
import { SystemNames, systemParallel } from './system.js';

export interface NamesStart {
  readonly options: Options;
  /** Serves `NamesControl`; its other end is main's. */
  readonly control: MessagePort;
}

/** Settles after `stop()`, or when the other end of the control port closes. */
export async function run(start: NamesStart): Promise<void> {
  const { options, control } = start;
  const system = new SystemNames({
    parallel: systemParallel(process.env['UV_THREADPOOL_SIZE']),
    queue_max: options.dns.lookups_max,
  });
  const resolver = new Resolver(options, { system });
  // Only main connects ports, one for each connection actor that lives.
  const ports = new Set<MessagePort>();
  const names: NamesActor = { lookup: (name) => resolver.lookup(name) };
  const api: NamesControl = {
    async connect(port) {
      const client = port as MessagePort;
      ports.add(client);
      client.once('close', () => ports.delete(client));
      serve(names, client);
    },
    async stop() {
      resolver.stop();
      // The answers to what was pending, and to this call, go out first.
      setImmediate(() => control.close());
    },
  };

  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  serve(api, control);
  await ended;
  resolver.stop();
  await Promise.all([...ports].map(closed));
}

function closed(port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    port.once('close', () => resolve());
    port.close();
  });
}
