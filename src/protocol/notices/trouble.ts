// A state that is bad now, as the log has said. Type only.
import type { Notice } from './notice.js';

export interface Trouble extends Pick<Notice, 'topic' | 'level' | 'message' | 'fields'> {
  /** RFC 3339. */
  readonly since: string;
}
