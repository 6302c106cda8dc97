// Makes the text of a scrape, by the registry of prom-client. The counters and histograms of prom-client are for what is counted in
// them; ours are counted in shared memory, so a metric only shows at a scrape what stands there. It gathers nothing itself.
import { collectDefaultMetrics, Gauge, type OpenMetricsContentType, Registry } from 'prom-client';
import type { Family } from './family.js';
import type { Form } from './form.js';
import { openFds } from './open-fds.js';
import { bucketSamples, oneSample, type Sample, Series, setBuckets } from './series.js';

/**
 * prom-client would wake the thread a hundred times a second for a histogram of the delays of its event loop. With this it never
 * does, and what it makes of that histogram is left out. `nodejs_eventloop_lag_seconds` is measured at a scrape, and stays.
 */
const NEVER_MS = 1_000_000_000;
const OPEN_FDS = 'process_open_fds';
const LEFT_OUT = [
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map((what) => `nodejs_eventloop_lag_${what}_seconds`),
  // Gauges with the ending of counters, which promtool does not like and OpenMetrics does not allow. The same stands by type in
  // metrics without it.
  ...['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`),
  // In its place there is one that costs nothing where many are open.
  OPEN_FDS,
];

/** What the registry makes lines of. */
interface Shown {
  readonly name: string;
  readonly help: string;
  readonly type: Family<never>['kind'];
  readonly values: readonly Sample[];
}

/** A metric of any kind: of the gauge it has the checks of its names and its place in the registry, and what it shows it says itself. */
class ReadMetric extends Gauge {
  /** The registry asks for this, where a metric has it. */
  readonly getForPromString: () => Promise<Shown>;

  constructor(
    registry: AnyRegistry,
    { name, help, labels }: Pick<Family<never>, 'name' | 'help' | 'labels'>,
    show: () => Shown,
  ) {
    super({ name, help, labelNames: [...labels], registers: [registry] });
    this.getForPromString = async () => show();
  }
}

export class Exposition<Readings> {
  readonly contentType: string;
  readonly #registry: AnyRegistry;
  #readings: Readings | undefined;

  /** `defaults`: with the metrics of the process and of this thread that prom-client brings. */
  constructor(form: Form, families: readonly Family<Readings>[], defaults: boolean) {
    this.#registry = form === 'openmetrics' ? openMetrics() : new Registry();
    this.contentType = this.#registry.contentType;
    if (defaults) this.#addDefaults();
    for (const family of families) this.#add(family, form);
  }

  #addDefaults(): void {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: NEVER_MS });
    for (const name of LEFT_OUT) this.#registry.removeSingleMetric(name);
    const shown = { name: OPEN_FDS, help: 'Number of open file descriptors.', labels: [] };
    new ReadMetric(this.#registry, shown, () => ({
      ...{ name: OPEN_FDS, help: shown.help, type: 'gauge' },
      values: [{ sharedLabels: {}, value: openFds() }],
    }));
  }

  #add(family: Family<Readings>, form: Form): void {
    const { name, help, kind } = family;
    const shownName = form === 'openmetrics' && kind === 'counter' ? name.replace(/_total$/, '') : name;
    const collect = collectorOf(family, form);
    new ReadMetric(this.#registry, family, () => ({
      ...{ name: shownName, help, type: kind },
      values: this.#readings === undefined ? [] : collect(this.#readings),
    }));
  }

  /** Not to be called again before it has resolved. */
  async text(readings: Readings): Promise<string> {
    this.#readings = readings;
    try {
      return await this.#registry.metrics();
    } finally {
      this.#readings = undefined;
    }
  }
}

type AnyRegistry = Registry | Registry<OpenMetricsContentType>;

function openMetrics(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

function collectorOf<Readings>(family: Family<Readings>, form: Form): (readings: Readings) => readonly Sample[] {
  if (family.kind !== 'histogram') {
    const series = new Series(family.labels, oneSample);
    const put = (value: number, ...labels: readonly string[]): void => {
      series.of(labels)[0].value = value;
    };
    return (readings) => series.collect(() => family.read(readings, put));
  }
  const bounds = family.bounds_ms.map((bound_ms) => boundText(bound_ms / 1000, form));
  const series = new Series(family.labels, bucketSamples(family.name, bounds));
  return (readings) =>
    series.collect(() => family.read(readings, (times, ...labels) => setBuckets(series.of(labels), times)));
}

/** OpenMetrics wants `1.0` where Prometheus writes `1`. */
const boundText = (bound: number, form: Form): string =>
  form === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
