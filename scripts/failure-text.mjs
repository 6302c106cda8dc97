// Why a test failed, or a file of tests ended badly, in a few short lines.
import { inspect } from 'node:util';

const LINES_MAX = 12;
const MESSAGE_LINES_MAX = 8;
const FRAMES_MAX = 3;
const TESTS_MAX = 4;
const WIDTH = 200;

const cut = (text) => (text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);
const shown = (value) =>
  cut(inspect(value, { depth: 3, breakLength: Number.POSITIVE_INFINITY, maxStringLength: WIDTH }));

/** Of the error that Node's runner tells, whose cause is what the test threw. `root`: of the repository. */
export function whyFailed(error, root) {
  const { cause } = error;
  const thrown = typeof cause === 'object' && cause !== null ? cause : error;
  const message = String(thrown === error && typeof cause === 'string' ? cause : (thrown.message ?? inspect(cause)));
  const stack = String(thrown.stack ?? '');
  const lines = [
    ...(error.failureType === 'hookFailed' ? ['in a hook:'] : []),
    ...messageLines(message),
    // A message of the test's own does not say them.
    ...(thrown.generatedMessage === false
      ? [`expected: ${shown(thrown.expected)}`, `actual: ${shown(thrown.actual)}`]
      : []),
    ...(thrown === error ? [] : causesOf(thrown)).slice(0, 2).map((text) => cut(`because of: ${text}`)),
  ];
  const frames = framesOf(stack, root);
  return { lines: [...lines.slice(0, LINES_MAX - frames.length), ...frames], stack };
}

/** Of a long message, the first line and what differs. */
function messageLines(message) {
  const lines = message
    .split('\n')
    .filter((text) => text.trim() !== '')
    .map(cut);
  if (lines.length <= MESSAGE_LINES_MAX) return lines;
  const [first, ...others] = lines;
  const differing = others.filter((text) => /^[+-] /.test(text) && text !== '+ actual - expected');
  const kept = (differing.length > 0 ? differing : others).slice(0, MESSAGE_LINES_MAX - 2);
  return [first, ...kept, `… ${lines.length - 1 - kept.length} more lines`];
}

function causesOf({ cause, errors }) {
  const all = [...(Array.isArray(errors) ? errors : []), ...(cause === undefined ? [] : [cause])];
  return all.map((one) => String(one?.message ?? one).split('\n')[0]);
}

/** The first frames of the project's own files. */
function framesOf(stack, root) {
  return stack
    .split('\n')
    .filter((text) => /^ +at /.test(text) && text.includes(root) && !text.includes('node_modules'))
    .slice(0, FRAMES_MAX)
    .map((text) => cut(text.trim().replaceAll('file://', '').replaceAll(root, '')));
}

/**
 * What became of a file whose process ended badly. `tests`: those that had begun and not ended. `hung`: what it was at when it
 * was killed for the time it took.
 */
export function endOfFile({ error, hung, tests, stderr, limit_ms }) {
  const { signal, exitCode, failureType } = error;
  const isLate = hung !== undefined || failureType === 'testTimeoutFailure';
  const status = typeof signal === 'string' ? signal : `status ${exitCode}`;
  const how = isLate ? `it hung: killed after ${limit_ms / 1000} s` : `its process ended with ${status}`;
  const named = `${tests.slice(0, TESTS_MAX).join(' | ')}${tests.length > TESTS_MAX ? ' | …' : ''}`;
  const idle = isLate ? 'no test ran: something is left open, or it was too busy to tell' : 'no test was known to run';
  const when = tests.length > 0 ? `while this ran: ${named}` : `while ${idle}`;
  const state = hung && [
    hung.isBusy ? 'it was busy' : 'it waited',
    ...hung.children.map((argv) => `with a child process: ${argv}`),
  ];
  return [`${how}, ${when}`, ...(state ?? []), ...stderr.map((text) => `stderr: ${text}`)].map(cut).slice(0, LINES_MAX);
}
