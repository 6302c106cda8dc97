// A handler of socket events with one deadline, which is in one of the actor's wheels while it is set.
import { Handler } from '../../../linux/engine/socket.js';
import type { Expiring } from '../../../protocol/deadline-wheel.js';

export abstract class TimedHandler extends Handler implements Expiring {
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;

  abstract onDeadline(now: number): void;
}
