// Measures and prints nanoseconds a decision: the median and the best of many rounds.

const ROUNDS = 101;
/** How many different ones are asked for in a round. */
export const ASKED = 5000;

export interface Case<Asked> {
  readonly what: string;
  readonly asked: readonly Asked[];
  find(asked: Asked): unknown;
}

/** The cases take turns in each round, so that other activity of the machine meets all of them alike. */
export function measure<Asked>(cases: readonly Case<Asked>[]): void {
  const measured = cases.map((one) => ({ ...one, rounds: [] as number[], found: 0 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of measured) {
      let found = 0;
      const begun = performance.now();
      for (const asked of one.asked) if (one.find(asked) !== undefined) found += 1;
      one.rounds.push(((performance.now() - begun) * 1e6) / one.asked.length);
      one.found += found;
    }
  }
  for (const { what, asked, rounds, found } of measured) {
    rounds.sort((a, b) => a - b);
    const [median, best] = [rounds[ROUNDS >> 1], rounds[0]].map((ns) => ns.toFixed(0).padStart(5));
    const hits = Math.round((100 * found) / ROUNDS / asked.length);
    console.log(`${what.padEnd(42)} ${median} ns, best ${best} ns (${hits} % hits)`);
  }
}
