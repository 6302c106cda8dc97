// Typed calls over a MessagePort between threads. A contract is an interface in contracts/. Not for the hot path: a round
// trip costs tens of microseconds. No other file imports comlink.
import type { MessagePort } from 'node:worker_threads';
// This file of it, since the package's own entry is CommonJS: Node would parse that once more for its names, in each thread.
import * as comlink from 'comlink/dist/esm/comlink.mjs';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

/** A contract as its caller sees it: every method returns a promise. */
export type Remote<Contract> = comlink.Remote<Contract>;

/** Serves the methods of `api` to the thread that holds the other end of `port`. */
export function serve(api: object, port: MessagePort): void {
  comlink.expose(api, nodeEndpoint(port));
}

/** Calls a contract that is served at the other end of `port`. A call on a closed port never settles, so bound the wait. */
export function call<Contract>(port: MessagePort): Remote<Contract> {
  return comlink.wrap<Contract>(nodeEndpoint(port));
}

/** Marks a port that is an argument of a call as moved to the other thread. */
export function moved(port: MessagePort): MessagePort {
  return comlink.transfer(port, [port as never]);
}

/** Closes a port; settles when it is closed, and keeps the thread no more. */
export function closed(port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    port.once('close', () => resolve());
    port.close();
  });
}
