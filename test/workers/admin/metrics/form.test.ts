// Which form of the exposition a client gets, by the Accept headers that real ones send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formFor } from '../../../../src/workers/admin/metrics/exposition/form.js';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.2';
const PROTOBUF_FIRST =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';

for (const [what, accept, form] of [
  ['no header', undefined, 'text'],
  ['curl', '*/*', 'text'],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
  ['Prometheus 2', PROMETHEUS_2, 'openmetrics'],
  ['Prometheus 3', PROMETHEUS_3, 'openmetrics'],
  ['one that would like protobuf best', PROTOBUF_FIRST, 'text'],
  ['OpenMetrics without a version', 'application/openmetrics-text', 'openmetrics'],
  ['a draft of OpenMetrics only', 'application/openmetrics-text;version=0.0.1', 'text'],
  ['a later OpenMetrics only', 'application/openmetrics-text;version=2.0.0', 'text'],
  ['OpenMetrics refused', 'application/openmetrics-text;q=0, text/plain', 'text'],
  ['text liked better', 'application/openmetrics-text;q=0.2,text/plain;q=0.3', 'text'],
  ['other spelling', 'Application/OpenMetrics-Text ; Version=1.0.0', 'openmetrics'],
  ['nonsense', ';;q=x,,=;application/openmetrics-text;q=seven', 'text'],
] as const) {
  test(`${what}: ${form}`, () => assert.equal(formFor(accept), form));
}
