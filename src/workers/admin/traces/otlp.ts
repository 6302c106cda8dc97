// Traces in the JSON form of OTLP (opentelemetry-proto: docs/specification.md, trace.proto). The race of a connection is a trace,
// and each of its attempts a span. Attributes have the names of OpenTelemetry's semantic conventions where these have one. It
// sends nothing.
import { type AttemptRecord, hasFailed } from '../../../protocol/race/record.js';
import type { Sampled } from '../../../threads/contracts/admin/connections.js';

/** As trace.proto numbers them. */
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

type Value = { readonly stringValue: string } | { readonly intValue: string } | { readonly boolValue: boolean };

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface SpanEvent {
  readonly name: string;
  readonly timeUnixNano: string;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events?: readonly SpanEvent[];
  readonly status?: { readonly code: number; readonly message: string };
}

/** The spans of one race. */
export type Trace = readonly Span[];

/** So many random bytes, as hexadecimal digits. */
export type RandomHex = (bytes: number) => string;

/** Undefined for a client that has not said where it wants to go: it has no race. */
export function traceOf({ record, handshake_ms = 0 }: Sampled, random: RandomHex): Trace | undefined {
  const { race } = record;
  if (race === undefined) return undefined;
  const traceId = random(16);
  const spanId = random(8);
  const began = record.opened_at + handshake_ms;
  const [client, target] = [partsOf(record.client), partsOf(race.target)];
  const whole: Span = {
    ...{ traceId, spanId, name: 'race', kind: SERVER },
    startTimeUnixNano: nanos(began),
    endTimeUnixNano: nanos(began + race.total_ms),
    attributes: attributes({
      'client.address': client.host,
      'client.port': client.port,
      'server.address': target.host,
      'server.port': target.port,
      'network.peer.address': record.address,
      'user.name': record.user,
      'error.type': race.cause,
      'tcproute.listener': record.listener,
      'tcproute.line': record.line,
      'tcproute.why': race.why,
      'tcproute.told_by': race.told?.gateway,
      'tcproute.told_age_ms': race.told?.age_ms,
      'tcproute.attempts': race.attempts.length,
      'tcproute.rule': race.rule,
      'tcproute.ending': record.ending,
      'tcproute.bytes_up': record.bytes_up,
      'tcproute.bytes_down': record.bytes_down,
      'tcproute.duration_ms': record.duration_ms,
    }),
    ...(race.cause === undefined ? {} : failed(race.cause, race.detail)),
  };
  const attempts = race.attempts.map(
    (attempt, place): Span => ({
      ...{ traceId, spanId: random(8), parentSpanId: spanId, name: 'attempt', kind: CLIENT },
      startTimeUnixNano: nanos(began + attempt.started_ms),
      endTimeUnixNano: nanos(began + endOf(attempt, race.total_ms)),
      attributes: attributes({
        'network.peer.address': attempt.address,
        'error.type': hasFailed(attempt) ? attempt.result : undefined,
        'tcproute.line': attempt.line,
        'tcproute.result': attempt.result,
        'tcproute.winner': place === race.winner,
        'tcproute.remembered': attempt.remembered,
        'tcproute.trial': attempt.trial,
      }),
      events: eventsOf(attempt, began),
      ...(hasFailed(attempt) ? failed(attempt.result as string, attempt.detail) : {}),
    }),
  );
  return [whole, ...attempts];
}

const failed = (code: string, detail: string | undefined): Pick<Span, 'status'> => ({
  status: { code: ERROR, message: detail === undefined ? code : `${code} (${detail})` },
});

/** In ms from the beginning of the race. The winner goes on as the connection; its span ends when it was clear that it had won. */
function endOf({ started_ms, connected_ms, answered_ms, ended_ms }: AttemptRecord, total_ms: number): number {
  return Math.max(ended_ms ?? answered_ms ?? connected_ms ?? total_ms, started_ms);
}

function eventsOf({ connected_ms, asked_ms, answered_ms }: AttemptRecord, began: number): readonly SpanEvent[] {
  const events = [
    ['connected', connected_ms],
    ['ClientHello sent', asked_ms],
    ['first byte', answered_ms],
  ] as const;
  return events.flatMap(([name, at_ms]) => (at_ms === undefined ? [] : [{ name, timeUnixNano: nanos(began + at_ms) }]));
}

/** Whole microseconds: numbers are exact up to there. */
const nanos = (time_ms: number): string => `${Math.round(time_ms * 1000)}000`;

function attributes(values: Readonly<Record<string, string | number | boolean | undefined>>): readonly Attribute[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: typed(value) }]));
}

function typed(value: string | number | boolean): Value {
  if (typeof value === 'string') return { stringValue: value };
  return typeof value === 'number' ? { intValue: String(Math.round(value)) } : { boolValue: value };
}

/** Of `host:port`; a word without a port is the host. */
function partsOf(text: string): { readonly host: string; readonly port: number | undefined } {
  const at = text.lastIndexOf(':');
  if (at < 0) return { host: text, port: undefined };
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}

/** The body of one request. `version`: of the gateway. */
export function requestOf(traces: readonly Trace[], version: string): object {
  const resource = attributes({ 'service.name': 'tcproute', 'service.version': version });
  const scope = { name: 'tcproute', version };
  return { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ scope, spans: traces.flat() }] }] };
}
