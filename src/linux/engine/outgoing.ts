// What is to be sent, as an object that its owner writes anew for each send. A class, so that V8 knows all of them as one shape: of
// spread objects each has its own, and with a hundred owners each send costs a microsecond of lookups.
import type { Memory } from '../memory.js';
import type { Outgoing } from '../udp/datagrams.js';

export class OutgoingDatagrams implements Outgoing {
  to: Uint8Array | undefined = undefined;
  head: Uint8Array | undefined = undefined;
  memory: Memory;
  offset = 0;
  count = 1;
  stride = 0;
  size = 0;
  last = 0;
  ecn = 0;
  mayFragment = false;

  constructor(memory: Memory) {
    this.memory = memory;
  }
}
