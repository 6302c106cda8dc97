// The series of one metric, kept from scrape to scrape: prom-client remembers the text of the labels by the object that holds them,
// so that a scrape of thousands of series makes little more than their numbers anew. What a scrape does not give is forgotten.
import type { TimesReading } from './family.js';

/** A line of the exposition, as the registry of prom-client takes it. */
export interface Sample {
  /** Of a line of a histogram, with its suffix. */
  readonly metricName?: string;
  readonly sharedLabels: Readonly<Record<string, string>>;
  value: number;
}

interface Kept {
  readonly samples: readonly Sample[];
  /** The last scrape that gave it. */
  scrape: number;
}

/** It makes the lines of a series with these labels. */
export type SamplesOf = (labels: Readonly<Record<string, string>>) => readonly Sample[];

export class Series {
  readonly #names: readonly string[];
  readonly #samplesOf: SamplesOf;
  readonly #kept = new Map<string, Kept>();
  #scrape = 0;
  #given: Sample[] = [];
  #count = 0;

  constructor(names: readonly string[], samplesOf: SamplesOf) {
    this.#names = names;
    this.#samplesOf = samplesOf;
  }

  /** The lines of one scrape: those of the series that `read` has asked for by `of`. */
  collect(read: () => void): readonly Sample[] {
    this.#scrape += 1;
    this.#given = [];
    this.#count = 0;
    read();
    if (this.#kept.size > this.#count) this.#forget();
    const given = this.#given;
    this.#given = [];
    return given;
  }

  /** The lines of the series with these labels, whose values the caller sets. */
  of(labels: readonly string[]): readonly Sample[] {
    const key = labels.length === 1 ? labels[0] : labels.join('\0');
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      const pairs = this.#names.map((name, index) => [name, labels[index]] as const);
      kept = { samples: this.#samplesOf(Object.fromEntries(pairs)), scrape: 0 };
      this.#kept.set(key, kept);
    }
    // Twice the same series would make the whole exposition invalid.
    if (kept.scrape !== this.#scrape) {
      kept.scrape = this.#scrape;
      this.#count += 1;
      for (const sample of kept.samples) this.#given.push(sample);
    }
    return kept.samples;
  }

  #forget(): void {
    for (const [key, { scrape }] of this.#kept) if (scrape !== this.#scrape) this.#kept.delete(key);
  }
}

/** The lines of a counter or gauge: one. */
export const oneSample: SamplesOf = (sharedLabels) => [{ sharedLabels, value: 0 }];

/** The lines of a histogram: a bucket for each of the texts of its bounds, the sum, and the count. */
export function bucketSamples(name: string, bounds: readonly string[]): SamplesOf {
  return (labels) => [
    ...[...bounds, '+Inf'].map((le) => ({ metricName: `${name}_bucket`, sharedLabels: { ...labels, le }, value: 0 })),
    { metricName: `${name}_sum`, sharedLabels: labels, value: 0 },
    { metricName: `${name}_count`, sharedLabels: labels, value: 0 },
  ];
}

/** Sets the lines of `bucketSamples`, whose buckets count all values up to their bound. */
export function setBuckets(samples: readonly Sample[], { buckets, sum_ms }: TimesReading): void {
  const last = samples.length - 3;
  let total = 0;
  for (let bucket = 0; bucket <= last; bucket += 1) {
    total += buckets[bucket] ?? 0;
    samples[bucket].value = total;
  }
  samples[last + 1].value = sum_ms / 1000;
  samples[last + 2].value = total;
}
