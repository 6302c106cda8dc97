// What is alike in the hosts of all actors.
import type { ActorHost } from './host.js';

export type AnyHost = Pick<ActorHost<unknown>, 'name' | 'start' | 'hasTurned' | 'control' | 'status'>;

/** Resolves within `timeout_ms` with the names of the actors that have made no turn since the last call. */
export async function silentAmong(hosts: readonly AnyHost[], timeout_ms: number): Promise<readonly string[]> {
  const turned = await Promise.all(hosts.map((host) => host.hasTurned(timeout_ms)));
  return hosts.filter((_, index) => !turned[index]).map(({ name }) => name);
}
