// One question to every server of a list at once: the first that answers properly wins, the others are cancelled. It
// knows neither the other family (pair.ts) nor the other lists (resolution.ts).
import type { Question } from '../../protocol/dns-message.js';
import type { Nameserver } from '../../protocol/options.js';
import type { Asked, Reply } from './exchange.js';
import { askTcp } from './tcp.js';
import { askUdp } from './udp.js';

/** `udp` goes over to TCP by itself where the answer was truncated. */
export type Transport = 'udp' | 'tcp';

export type ListOutcome =
  | Extract<Reply, { readonly kind: 'addresses' | 'nodata' | 'nxdomain' }>
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** The servers that said nothing, as opposed to those that said that they failed. */
      readonly silent: readonly Nameserver[];
    };

export function askList(servers: readonly Nameserver[], question: Question, transport: Transport): Asked<ListOutcome> {
  const exchanges = servers.map((server) =>
    transport === 'udp' ? askUdpThenTcp(server, question) : askTcp(server, question),
  );
  const cancel = (reason: string): void => {
    for (const asked of exchanges) asked.cancel(reason);
  };
  const outcome = new Promise<ListOutcome>((resolve) => {
    const reasons: string[] = [];
    const silent: Nameserver[] = [];
    const failed = (server: Nameserver, reason: string): void => {
      reasons.push(`${server.address} port ${server.port}: ${reason}`);
      if (reasons.length === servers.length) resolve({ kind: 'failed', reason: reasons.join('; '), silent });
    };
    const settled = (server: Nameserver, reply: Reply): void => {
      switch (reply.kind) {
        case 'addresses':
        case 'nodata':
        case 'nxdomain':
          resolve(reply);
          cancel('another server was faster');
          return;
        case 'server-failure':
          failed(server, `rcode ${reply.rcode}`);
          return;
        case 'truncated':
          failed(server, 'truncated over TCP');
          return;
        case 'no-answer':
          silent.push(server);
          failed(server, reply.reason);
          return;
        default:
          reply satisfies never;
      }
    };
    for (const [index, asked] of exchanges.entries()) {
      void asked.outcome.then((reply) => settled(servers[index] as Nameserver, reply));
    }
  });
  return { outcome, cancel };
}

function askUdpThenTcp(server: Nameserver, question: Question): Asked<Reply> {
  let current = askUdp(server, question);
  let cancelled = false;
  const outcome = current.outcome.then((reply) => {
    if (reply.kind !== 'truncated' || cancelled) return reply;
    current = askTcp(server, question);
    return current.outcome;
  });
  return {
    outcome,
    cancel(reason) {
      cancelled = true;
      current.cancel(reason);
    },
  };
}
