// Both ends of a load, for as long as they are wanted.
import { EndsAlone } from './alone.js';
import { LoadGenerator, Target } from './ends.js';
import type { Ends } from './participation.js';

export async function withEnds<Result>(use: (ends: Ends) => Promise<Result>): Promise<Result> {
  const generator = new LoadGenerator();
  const target = new Target();
  try {
    await generator.ready();
    const ports = await target.ready();
    return await use({ generator, target, ports, alone: new EndsAlone(generator, ports) });
  } finally {
    generator.stop();
    target.stop();
  }
}
