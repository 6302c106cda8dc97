// The TLS actor: the task of one thread, which is started only where a line has an https proxy. It makes the connections to
// those proxies on Node's own sockets and gives connection actors one end of a pair of sockets for each, so that these go on
// with raw fds. It asks proxies for nothing.
import type { MessagePort } from 'node:worker_threads';
import { ProxyAuthorities } from '../../dial/proxy-tls.js';
import { byNumber } from '../../protocol/lines/numbers.js';
import type { Options } from '../../protocol/options.js';
import type { TlsStart } from '../../threads/contracts/start.js';
import type { TlsControl, TunnelOrder, TunnelProbing } from '../../threads/contracts/tls.js';
import { HeapWatch } from '../../threads/heap-watch.js';
import { closed, serve } from '../../threads/port.js';
import { Pulse } from '../../threads/pulse.js';
import { probe, refuse, type TunnelParts, tunnel } from './tunnel.js';

/** Settles after `stop()`, or when the other end of the control port closes. */
export async function run({ options, beats, control }: TlsStart): Promise<void> {
  const pulse = new Pulse(beats);
  const heap = new HeapWatch();
  heap.follow(pulse);
  const looks = new Set<() => void>();
  pulse.each(() => {
    for (const look of looks) look();
    if (looks.size > 0) pulse.busy();
  });
  pulse.start();
  let lines = byNumber(options.lines);
  const authorities = new ProxyAuthorities();
  // Bounded by `tunnels_max`.
  const open: TunnelParts['open'] = new Map();
  const partsOf = ({ tcp_user_timeout_ms }: Options): TunnelParts => ({
    ...{ authorities, open, userTimeout_ms: tcp_user_timeout_ms, looks },
  });
  let parts = partsOf(options);
  // One for each connection, and those that race.
  const mostOf = ({ limits, workers }: Options): number => limits.connections_max + limits.racing_max * workers;
  let tunnels_max = mostOf(options);
  let tunnels = 0;
  const hear = (message: TunnelOrder | TunnelProbing): void => {
    if ('tcp' in message) probe(message, parts);
    else take(message);
  };
  const take = (order: TunnelOrder): void => {
    const line = lines[order.line];
    if (tunnels >= tunnels_max) refuse(order, 'out-of-resources', 'as many tunnels as there may be');
    else if (line?.hops[0]?.tls === undefined) refuse(order, 'internal', 'the line has no https proxy');
    else {
      tunnels += 1;
      void tunnel(order, line, parts).then(() => {
        tunnels -= 1;
      });
    }
  };
  // Bounded: only main connects ports, one for each living connection actor.
  const ports = new Set<MessagePort>();
  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  serve(
    {
      async connect(port) {
        const orders = port as MessagePort;
        ports.add(orders);
        orders.once('close', () => ports.delete(orders));
        orders.on('message', hear);
      },
      async configure(next) {
        lines = byNumber(next.lines);
        parts = partsOf(next);
        tunnels_max = mostOf(next);
      },
      // The answer to this call is sent first.
      stop: async () => void setImmediate(() => control.close()),
    } satisfies TlsControl,
    control,
  );
  await ended;
  pulse.stop();
  heap.stop();
  await Promise.all([...ports].map(closed));
}
