// The kernel memory that both ends of held connections take by themselves, measured without a proxy between them. What the
// kernel takes beyond that with a proxy is the proxy's share.
import { type KernelMemory, kernelGrowth, settledKernelMemory } from '../process/kernel.js';
import type { TargetPorts } from '../shared/messages.js';
import type { LoadGenerator } from './ends.js';

export class EndsAlone {
  readonly #generator: LoadGenerator;
  readonly #entry: number;
  /** Results by the number of connections. */
  readonly #known = new Map<number, KernelMemory>();

  constructor(generator: LoadGenerator, { echo }: TargetPorts) {
    this.#generator = generator;
    this.#entry = echo[0];
  }

  /** Measured once for each number. Throws an Error when a connection fails: no later measurement would mean anything. */
  async kernelMemory(connections: number): Promise<KernelMemory> {
    const known = this.#known.get(connections);
    if (known !== undefined) return known;
    // The first run also fills the kernel's spare memory; the second run, and every subject, finds it full.
    await this.#hold(connections);
    const measured = await this.#hold(connections);
    this.#known.set(connections, measured);
    return measured;
  }

  async #hold(connections: number): Promise<KernelMemory> {
    const before = await settledKernelMemory();
    const way = { entry: this.#entry, ask: undefined };
    const { failures } = await this.#generator.carryOut({ kind: 'hold', way, connections });
    const growth = kernelGrowth(before, await settledKernelMemory());
    await this.#generator.carryOut({ kind: 'release' });
    const [cause] = Object.keys(failures);
    if (cause !== undefined) throw new Error(`connections without a proxy fail: ${cause}`);
    return growth;
  }
}
