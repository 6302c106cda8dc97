// Whether a session hangs: bytes of it have been sent, and its peer has been silent since, for long against the time in which
// TCP usually hears of them. A session that waits for nothing does not hang, however long it has been quiet. Pure.

/** What the kernel tells of the connection; see linux/tcp-info.ts. */
export interface SessionNews {
  readonly unacked: number;
  readonly notSent: number;
  readonly retransmits: number;
  readonly probes: number;
  readonly backoff: number;
  readonly rto_ms: number;
  readonly sent_ms: number;
  readonly heard_ms: number;
}

/**
 * How long a peer may be silent while bytes wait for it. A cable that is moved, a switch port that comes up, a change of the cell
 * take less: after those, TCP goes on by itself with its next try.
 */
export const PATIENCE_MS = 5000;
/** The same as a multiple of the retransmission time-out, for slow paths; and how long the answer to a try may take. */
const PATIENCE_RTOS = 4;
/** Retransmissions, or probes of a closed window, without an answer. */
const TRIES_MIN = 2;

/** Whether bytes, or an end of stream, wait for the peer. A probe of a quiet peer (keepalive) is none of them. */
export const awaitsPeer = ({ unacked, notSent, probes }: SessionNews): boolean =>
  unacked > 0 || (notSent > 0 && probes > 0);

/**
 * `awaited_ms`: for how long it has been seen to await its peer, which was silent meanwhile. A session hangs only once a try has had no
 * answer that was sent when the patience was over: whatever came back before that try is found by it. `isLinkDown`: nothing can be
 * sent over its link now, so that tries do not count.
 */
export function hangs(news: SessionNews, awaited_ms: number, isLinkDown: boolean): boolean {
  if (!awaitsPeer(news)) return false;
  const { unacked, retransmits, probes, backoff, rto_ms, sent_ms, heard_ms } = news;
  // The time-out of retransmissions is told as doubled, that of probes as it was.
  const doubled = 2 ** backoff;
  const first_ms = unacked > 0 ? rto_ms / doubled : rto_ms;
  const answer_ms = PATIENCE_RTOS * first_ms;
  const patience_ms = Math.max(PATIENCE_MS, answer_ms);
  if (heard_ms < patience_ms) return false;
  if (isLinkDown) return awaited_ms >= patience_ms;
  // When the last try was made, from when the bytes began to wait: after 1 + 2 + 4 … of the first time-out, if not seen later.
  const doublings_ms = first_ms * (doubled - 1);
  // When a probe was sent is not told, but it was not later than this.
  const ago_ms = unacked > 0 ? sent_ms : awaited_ms - doublings_ms;
  const tried_ms = Math.max(doublings_ms, unacked > 0 ? awaited_ms - sent_ms : 0);
  const tries = unacked > 0 ? retransmits : probes;
  return tries >= TRIES_MIN && tried_ms >= patience_ms && ago_ms >= answer_ms && heard_ms >= ago_ms;
}
