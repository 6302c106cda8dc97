// `tcproute top` as a process at a terminal, which script(1) makes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AdminFixture, statusOf, TRAFFIC } from '../../../helpers/admin-fixture.js';
import { NEEDS_SCRIPT } from '../../../helpers/at-terminal.js';
import { Terminal } from '../../../helpers/terminal.js';
import { until } from '../../../helpers/until.js';

const program = fileURLToPath(new URL('../../../../../bin/tcproute.js', import.meta.url));
/** Of the screen: taken over, and given back. */
const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?1049l';

describe('top at a terminal', NEEDS_SCRIPT, () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.open();
    fixture.traffic = TRAFFIC;
    const connection = {
      client: '192.0.2.1:4',
      target: 'a.test:443',
      line: 'fast',
      phase: 'relay',
      bytes_up: 1,
      bytes_down: 2,
    };
    const troubles = [
      { topic: 'x', level: 'warn', message: 'line "slow" is down', fields: {}, since: '2026-01-01T00:00:00Z' },
    ];
    fixture.answer('/api/v1/status', statusOf({ troubles }));
    fixture.answer('/api/v1/lines', {
      lines: [
        { line: 'fast', health: 'up' },
        { line: 'slow', health: 'dead' },
      ],
    });
    fixture.answer('/api/v1/connections', { connections: [connection], matched: 1, silent_workers: [] });
  });
  after(() => fixture.close());
  const open = (env: NodeJS.ProcessEnv = {}) => new Terminal(['top', '--admin', fixture.place], env);

  test('keys turn to other views, a filter is asked of the gateway, another size is drawn, and q leaves the terminal as it was', async () => {
    const terminal = open();
    await terminal.sees(ENTER);
    await terminal.sees('down 2 MB/s');
    await terminal.sees('a.test:443');
    terminal.type('2');
    await terminal.sees('2 MB/s');
    await terminal.sees('\x1b[31mslow');
    terminal.type('1/line:fast\r');
    await until('the filter is asked for', () => fixture.asked.some((asked) => asked.includes('line=fast')));
    await terminal.sees('filter: line:fast');
    terminal.resize(50, 12);
    await terminal.sees('\x1b[12;1H\x1b[K? help');
    terminal.type('?');
    await terminal.sees('live connections');
    terminal.type('qq');
    assert.deepEqual(await terminal.ended(), { status: 0, isRestored: true });
    const erasing = terminal.shown.split('\x1b[K').slice(0, -1);
    assert.ok(
      erasing.length > 0 && erasing.every((before) => before.endsWith('H')),
      'a row that is full keeps its last character',
    );
    assert.ok(
      terminal.shown.includes(LEAVE) && terminal.shown.includes('\x1b[?25h') && terminal.shown.includes('\x1b[?7h'),
    );
  });

  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const) {
    test(`${signal} leaves the terminal as it was`, async () => {
      const terminal = open();
      await terminal.sees('a.test:443');
      terminal.signal(signal);
      assert.deepEqual(await terminal.ended(), { status, isRestored: true });
      assert.ok(terminal.shown.includes(LEAVE));
    });
  }

  test('^C leaves the terminal as it was', async () => {
    const terminal = open();
    await terminal.sees('a.test:443');
    terminal.type('\x03');
    assert.deepEqual(await terminal.ended(), { status: 130, isRestored: true });
  });

  test('^Z gives the terminal back to the shell, and fg draws the screen again', async () => {
    const terminal = open();
    await terminal.sees('a.test:443');
    terminal.type('\x1a');
    await terminal.sees(LEAVE);
    await terminal.sees('stopped ');
    await terminal.sees(ENTER);
    await terminal.sees('a.test:443');
    terminal.type('q');
    assert.deepEqual(await terminal.ended(), { status: 0, isRestored: true });
    const [, stopped] = /^stopped (\S+)\r?$/m.exec(terminal.shown) ?? [];
    assert.match(terminal.shown, new RegExp(`^modes ${stopped}\\r?$`, 'm'));
  });

  test('for who wants no colours there are none', async () => {
    const terminal = open({ NO_COLOR: '1' });
    await terminal.sees('line "slow" is down');
    terminal.type('2');
    await terminal.sees('slow  dead');
    terminal.type('q');
    await terminal.ended();
    assert.ok(!terminal.shown.includes('\x1b[31m') && !terminal.shown.includes('\x1b[2m'));
  });

  test('a gateway that goes away is told of, and its return is seen', async () => {
    const other = await AdminFixture.open();
    other.answer('/api/v1/status', statusOf());
    other.answer('/api/v1/connections', { connections: [], matched: 0 });
    const terminal = new Terminal(['top', '--admin', other.place]);
    await terminal.sees('all is well');
    terminal.type('-');
    other.answer('/api/v1/status', { error: 'the gateway is still starting' }, 503);
    await terminal.sees('the gateway is still starting');
    other.answer('/api/v1/status', statusOf());
    await terminal.sees('all is well');
    await other.close();
    await terminal.sees('no gateway runs at');
    terminal.type('q');
    assert.deepEqual(await terminal.ended(), { status: 0, isRestored: true });
  });
});

test('without a terminal a sentence says so, and where no gateway runs the status is 3', async () => {
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env });
    return [status, stdout, stderr];
  };
  const none = ['--admin', '/nonexistent/admin'];
  assert.deepEqual(run(['top', ...none]), [
    1,
    '',
    'error: top needs a terminal, and standard output is none; tcproute status prints once what it shows\n',
  ]);
  assert.deepEqual(run(['status', ...none]), [
    3,
    '',
    'error: no gateway runs at /nonexistent/admin (there is no such socket)\n',
  ]);
  assert.deepEqual(run(['lines'], { TCPROUTE_PORT: '1' }), [
    1,
    '',
    'error: the configuration has no admin.listen, by which a running gateway is asked\n',
  ]);
  assert.deepEqual(run(['lines'], { TCPROUTE_ADMIN_LISTEN: '/tmp/no-gateway-of-tcproute' }), [
    3,
    '',
    'error: no gateway runs at /tmp/no-gateway-of-tcproute (there is no such socket)\n',
  ]);
});
