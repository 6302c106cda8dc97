// The ping load: connections that stay open and send the next message as soon as the last has come back. Only round trips
// are timed, not the opening; a connection that does not get to its end is a failure like any other.
import type { Socket } from '../../../src/linux/engine/socket.js';
import type { Outcome } from '../../shared/messages.js';
import { EchoClient } from '../clients/echo-client.js';
import type { Run } from '../clients/run.js';

class Pinger extends EchoClient {
  #said_ms = 0;

  protected override established(socket: Socket): void {
    this.#ping(socket);
  }

  #ping(socket: Socket): void {
    this.#said_ms = this.run.engine.clock();
    this.speak(socket);
  }

  protected override echoed(socket: Socket): void {
    this.run.tally.succeeded(this.run.engine.now - this.#said_ms);
    if (this.run.goesOn) this.#ping(socket);
    else this.close('graceful');
  }
}

export function ping(run: Run, connections: number, duration_ms: number): Outcome {
  return run.carryOut(duration_ms, () => {
    for (let i = 0; i < connections; i += 1) new Pinger(run).open();
  });
}
