// What the admin actor asks of a connection actor about flows of datagrams: pieces and bounds as for connections
// (connections.ts). Types only.
import type { FlowFilter } from '../../../protocol/udp/flow-filter.js';
import type { FlowRecord } from '../../../protocol/udp/flow-record.js';
import type { Closed, ClosedPiece, FoundPiece, OwnId, Sought } from './found.js';
import type { News, NewsCursor } from './news.js';

export interface FlowsAdmin {
  /** Looks for flows in a piece from a place on (0: the beginning). */
  findFlows(sought: Sought<FlowFilter>, from: number): Promise<FoundPiece>;
  /** Of the first 128; undefined for those that are not on record any more. */
  flows(ids: readonly OwnId[]): Promise<readonly (FlowRecord | undefined)[]>;
  /** What has opened and ended since; nothing where `since` is undefined. `most`: how many of each are told. */
  flowNews(since: NewsCursor | undefined, most: number): Promise<News<FlowRecord>>;
  /** Ends a live flow: what the client sends there next opens another one. */
  closeFlow(id: OwnId): Promise<Closed>;
  /** Ends the live flows of a piece that are meant, from a place on (0: the beginning). */
  closeFlows(filter: FlowFilter, from: number): Promise<ClosedPiece>;
}
