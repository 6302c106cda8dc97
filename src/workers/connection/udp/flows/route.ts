// How a flow goes over one candidate: the way, and how the destination is named to it.
import type { FlowCandidate } from '../choice/choice.js';
import type { Way, WayAddress } from '../ways/way.js';

export interface Route {
  readonly candidate: FlowCandidate;
  readonly way: Way;
  readonly address: WayAddress;
}
