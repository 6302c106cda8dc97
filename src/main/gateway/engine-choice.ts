// Which engine a gateway runs on.
import { tryUring } from '../../linux/engine/choose.js';
import type { EngineChoice } from '../../protocol/options.js';
import { type Failed, failed } from '../process/done.js';
import type { Logger } from '../process/log.js';

/** Chooses the engine by trying io_uring, and logs the choice. */
export function chooseEngine(choice: EngineChoice, log: Logger): 'uring' | 'epoll' | Failed {
  const why = choice === 'epoll' ? 'the configuration asks for it' : whyNotUring();
  if (why !== undefined && choice === 'uring') return failed(`engine is uring, but ${why}`);
  const kind = why === undefined ? 'uring' : 'epoll';
  log.info({ engine: kind, ...(why === undefined ? {} : { why }) }, 'engine chosen');
  return kind;
}

function whyNotUring(): string | undefined {
  const trial = tryUring();
  return trial.code === 'works' ? undefined : trial.reason;
}
