// How many mutations a test tries: a tenth of its full count, since nearly every such test draws other ones each time. All
// of them with TCPROUTE_TEST_FULL in the environment.
const isFull = (process.env['TCPROUTE_TEST_FULL'] ?? '') !== '';

export function mutationRuns(full: number): number {
  return isFull ? full : full / 10;
}
