// How much of the JavaScript heap something takes each time, by V8's own samples of what is allocated.
import { type HeapProfiler, Session } from 'node:inspector/promises';

/** Bytes between two samples. */
const EVERY = 512;

/**
 * Bytes of each of `times` in one round after the other: as many as it takes until one is below `enough`, `rounds_max` at most, since
 * V8 compiles only after a while, and may throw away a first attempt. `run` does it `times`.
 */
export async function heapUseOf(run: () => void, times: number, enough: number, rounds_max: number): Promise<number[]> {
  const session = new Session();
  session.connect();
  const each: number[] = [];
  try {
    while (each.length < rounds_max && !each.some((size) => size < enough)) {
      await session.post('HeapProfiler.startSampling', {
        samplingInterval: EVERY,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      });
      run();
      const { profile } = await session.post('HeapProfiler.stopSampling');
      each.push(allocated(profile.head) / times);
    }
  } finally {
    session.disconnect();
  }
  return each;
}

function allocated({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((sum, child) => sum + allocated(child), selfSize);
}
