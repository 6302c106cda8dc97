// The two forms of an exposition, and which of them a client asks for. It makes no text.

/** The text format of Prometheus, or OpenMetrics. */
export type Form = 'text' | 'openmetrics';

const OPENMETRICS = 'application/openmetrics-text';
/** An Accept header has at most so many ranges that count. */
const RANGES_MAX = 32;

/**
 * By the header Accept (RFC 9110, section 12.5.1): OpenMetrics where a client names it in its first version, and likes it no less
 * than any text. Whoever asks for something else gets the text format, as of any exporter.
 */
export function formFor(accept: string | undefined): Form {
  const ranges = (accept ?? '').split(',', RANGES_MAX).map(rangeOf);
  const wanted = ranges.filter(({ type, version }) => type === OPENMETRICS && isFirst(version));
  const openmetrics = Math.max(0, ...wanted.map(({ quality }) => quality));
  const text = Math.max(0, ...ranges.filter(({ type }) => type === 'text/plain').map(({ quality }) => quality));
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text';
}

interface Range {
  readonly type: string;
  readonly version: string | undefined;
  /** 0 to 1. */
  readonly quality: number;
}

function rangeOf(text: string): Range {
  const [type, ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map((part) => part.split('=', 2).map((side) => side.trim()) as [string, string]));
  const quality = Number(parameters.get('q') ?? 1);
  return { type, version: parameters.get('version'), quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** 0.0.1 was a draft, which Prometheus names behind the first version. */
const isFirst = (version: string | undefined): boolean => version === undefined || version === '1.0.0';
