// How many mutations a test tries: a tenth of its full number, since nearly every such test draws others each time. With
// TCPROUTE_TEST_FULL in the environment it tries all.
const isFull = (process.env['TCPROUTE_TEST_FULL'] ?? '') !== '';

export function mutationRuns(full: number): number {
  return isFull ? full : full / 10;
}
