// What is remembered, written piece by piece for somebody who asks for the pieces. The destinations are those of the beginning, and
// the state of each is that of the moment in which it is written.
import type { SnapshotPiece } from '../../threads/contracts/admin/routes.js';

/** At a time: each keeps a list of all destinations. */
const SNAPSHOTS_MAX = 2;
/** A piece has about so many characters, and is made in some milliseconds. */
const PIECE_LENGTH = 1 << 17;
/** One of which no piece is asked for as long is given up. */
const ASKED_WITHIN_MS = 30_000;

interface Snapshot {
  readonly pieces: Iterator<string>;
  asked: number;
}

export class Snapshots {
  readonly #encoded: () => Iterator<string>;
  readonly #open = new Map<number, Snapshot>();
  #begun = 0;

  /** `encoded`: begins to write. */
  constructor(encoded: () => Iterator<string>) {
    this.#encoded = encoded;
  }

  /** Its number; undefined where too many are under way. */
  begin(now: number): number | undefined {
    this.sweep(now);
    if (this.#open.size >= SNAPSHOTS_MAX) return undefined;
    this.#begun += 1;
    this.#open.set(this.#begun, { pieces: this.#encoded(), asked: now });
    return this.#begun;
  }

  piece(number: number, now: number): SnapshotPiece {
    const snapshot = this.#open.get(number);
    if (snapshot === undefined) return { code: 'given-up' };
    snapshot.asked = now;
    let text = '';
    while (text.length < PIECE_LENGTH) {
      const { value, done } = snapshot.pieces.next();
      if (done === true) break;
      text += value;
    }
    if (text !== '') return { code: 'piece', text };
    this.#open.delete(number);
    return { code: 'end' };
  }

  /** Gives up one whose reader has gone. */
  end(number: number): void {
    this.#open.delete(number);
  }

  /** Gives up those that nobody asks for. Called now and then. */
  sweep(now: number): void {
    for (const [number, { asked }] of this.#open) if (now - asked >= ASKED_WITHIN_MS) this.#open.delete(number);
  }
}
