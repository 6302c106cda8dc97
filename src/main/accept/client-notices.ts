// Logs that clients are turned away: each client network at most once a minute, and all of them together at most LINES_MAX
// times, since anybody may come from anywhere. It turns nobody away.
import { lendIp } from '../../linux/addresses.js';
import { networkOctets, networkText } from '../../protocol/address/client-network.js';
import { Repeats } from '../../protocol/notice.js';
import type { Notices } from '../process/notices.js';

const EVERY_MS = 60_000;
const LINES_MAX = 30;

export class ClientNotices {
  readonly #notices: Pick<Notices, 'write'>;
  readonly #repeats = new Repeats(EVERY_MS);
  #minuteEnds = 0;
  #lines = 0;
  #leftOut = 0;

  constructor(notices: Pick<Notices, 'write'>) {
    this.#notices = notices;
  }

  /** `what`: why the client is turned away, in few words. `peer`: its address as a struct sockaddr. `now` in ms. */
  turnedAway(what: string, peer: Uint8Array, listener: string, now: number): void {
    const client = networkText(networkOctets(lendIp(peer)));
    const left_out = this.#repeats.due(`${what} ${client}`, now);
    if (left_out === undefined) return;
    if (!this.#hasLine(now)) {
      this.#leftOut += 1 + left_out;
      return;
    }
    const all = left_out + this.#leftOut;
    this.#leftOut = 0;
    const fields = { client, listener, ...(all === 0 ? {} : { left_out: all }) };
    this.#notices.write({ level: 'warn', fields, message: `a client is turned away: ${what}` });
  }

  /** Whether one more line may be written in this minute. */
  #hasLine(now: number): boolean {
    if (now >= this.#minuteEnds) {
      this.#minuteEnds = now + EVERY_MS;
      this.#lines = 0;
    }
    this.#lines += 1;
    return this.#lines <= LINES_MAX;
  }
}
