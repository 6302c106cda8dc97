// The connect load: a fixed number of connections at a time. Each is opened, used for one echo and closed; the next follows.
import type { Socket } from '../../../src/linux/engine/socket.js';
import type { Outcome } from '../../shared/messages.js';
import { EchoClient } from '../clients/echo-client.js';
import type { Run } from '../clients/run.js';

class Visitor extends EchoClient {
  protected override established(socket: Socket): void {
    this.speak(socket);
  }

  protected override echoed(): void {
    this.run.tally.succeeded(this.run.engine.now - this.began_ms);
    this.close('graceful');
    if (this.run.goesOn) this.open();
  }
}

/** Divisor: a turn of the engine waits for outcomes of a third of the connections. */
const GATHER_SHARE = 3;
/** With fewer connections a turn waits for one outcome: the wait for others would be latency that the subject has not caused. */
const GATHER_FROM = 32;

export function connect(run: Run, connections: number, duration_ms: number): Outcome {
  const begin = (): void => {
    for (let i = 0; i < connections; i += 1) new Visitor(run).open();
  };
  return run.carryOut(duration_ms, begin, {
    gather: connections < GATHER_FROM ? 1 : Math.ceil(connections / GATHER_SHARE),
  });
}
