// The page in a real browser, against a gateway that only answers HTTP: every view, its actions, and what it says when something goes
// wrong. One browser serves all tests of the file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { answers, events } from '../helpers/dashboard/answers.js';
import { startBrowser, withoutBrowser } from '../helpers/dashboard/browser.js';
import { FakeGateway } from '../helpers/dashboard/fake-gateway.js';

const skip = withoutBrowser ?? false;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = [
  ...['overview', 'connections', 'connections/rescue', 'lines', 'lines/frankfurt', 'destinations', 'bad-addresses'],
  ...['destinations/video.example.net%3A443', 'dns', 'clients', 'fleet', 'flows', 'log', 'gateway'],
];

let browser: Browser;

before(async () => {
  if (withoutBrowser === undefined) browser = await startBrowser();
});
after(() => browser?.close());

interface Opened {
  readonly gateway: FakeGateway;
  readonly context: BrowserContext;
  readonly page: Page;
}

interface Wanted {
  readonly view?: string;
  readonly language?: string;
  readonly colours?: 'light' | 'dark';
  readonly width?: number;
  readonly token?: string;
}

/** Opens the page; whatever it complains of fails the test. */
async function open(test: TestContext, wanted: Wanted = {}): Promise<Opened> {
  const { view = 'overview', language = 'en-US', colours = 'light', width = 1280, token } = wanted;
  const gateway = await FakeGateway.start(answers(), events());
  gateway.token = token;
  const context = await browser.newContext({
    ...{ locale: language, colorScheme: colours, reducedMotion: 'reduce', viewport: { width, height: 800 } },
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (401|404|409|503)/.test(message.text()))
      complaints.push(message.text());
  });
  // Nothing but the gateway is ever asked.
  await context.route(
    (url) => !url.href.startsWith(gateway.url),
    (route) => {
      complaints.push(`asked ${route.request().url()}`);
      return route.abort();
    },
  );
  test.after(async () => {
    await context.close();
    await gateway.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(`${gateway.url}#/${view}`);
  return { gateway, context, page };
}

/** Goes to a view, and waits until it stands there. */
async function visit(page: Page, view: string): Promise<void> {
  await page.evaluate("document.querySelector('main').dataset.isOld = 'yes'");
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${view}`)}`);
  await page.locator('main:not([data-is-old])').waitFor();
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core finds in what the page shows now. */
async function violations(page: Page): Promise<string[]> {
  const found = (await page.evaluate('axe.run()')) as { readonly violations: readonly Violation[] };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 200)}`),
  );
}

const CONDITIONS = [
  { language: 'en-US', colours: 'light', width: 1280 },
  { language: 'zh-CN', colours: 'dark', width: 360 },
  // Further pairs of these, where all is tried.
  ...((process.env['TCPROUTE_TEST_FULL'] ?? '') !== ''
    ? ([
        { language: 'en-US', colours: 'dark', width: 360 },
        { language: 'zh-CN', colours: 'light', width: 1280 },
      ] as const)
    : []),
] as const;

for (const condition of CONDITIONS) {
  const { language, colours, width } = condition;
  test(`every view is accessible and fits (${language}, ${colours}, ${width} px)`, { skip }, async (test) => {
    const { page } = await open(test, { ...condition, view: 'none' });
    await page.evaluate(AXE);
    for (const view of VIEWS) {
      await visit(page, view);
      await page.locator('main tbody tr, main li, main .facts').first().waitFor();
      assert.deepEqual(await violations(page), [], view);
      const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.equal(over, 0, `${view} scrolls sideways`);
    }
    await visit(page, 'lines/tokyo');
    await page.locator('.view-head button').first().click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await violations(page), [], 'question');
    const lang = await page.locator('html').getAttribute('lang');
    assert.equal(lang, language === 'zh-CN' ? 'zh-CN' : 'en');
  });
}

test('the race of a rescue says in words who won, who kept silent, and when', { skip }, async (test) => {
  const { page } = await open(test, { view: 'connections/rescue' });
  const rows = page.locator('.waterfall tbody tr');
  await rows.first().waitFor();
  const told = (await rows.allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim());
  assert.equal(told.length, 5);
  assert.match(
    told[1] ?? '',
    /^direct 203\.0\.113\.20 kept silent remembered connected 11 ms · had not answered the ClientHello/,
  );
  assert.match(told[2] ?? '', /^tokyo 198\.51\.100\.7 Won: rescue connected 86 ms · first byte 153 ms$/);
  assert.match(told[3] ?? '', /^frankfurt .* a proxy of the line cannot be reached \(ECONNREFUSED\) · after 46 ms$/);
  assert.match(await page.locator('.story').first().innerText(), /^Rescue tokyo carries the connection after 372\sms/);
});

test('a connection is closed after a question, and Escape does nothing', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'connections/rescue' });
  const closed = () => gateway.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog', { name: 'Close this connection?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Close' }).click();
  // The harmless answer has the focus.
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(closed(), []);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByText('The connection from 192.168.1.10:40000 to video.example.net:443 is closed.').waitFor();
  assert.deepEqual(closed(), ['/connections/rescue']);
});

test('what the gateway refuses is told in its own words', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'lines/tokyo' });
  gateway.answers['POST /lines/tokyo/pause'] = { error: 'connections are pinned to line "tokyo": unpin it before' };
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByText('The gateway refused: connections are pinned to line "tokyo": unpin it before').waitFor();
});

test('all connections that match are closed, and never all without a filter', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'connections' });
  await page.getByText('14 of 214').waitFor();
  const all = page.getByRole('button', { name: 'Close all that match' });
  assert.equal(await all.isVisible(), false);
  await page.getByLabel('Target').fill('example.net');
  await all.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close 214' }).click();
  await page.getByText('Closed: 209').waitFor();
  const asked = gateway.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
  assert.deepEqual(asked, ['/connections?target=example.net']);
});

test('flows are told with their races, and ended, one or all that match', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'flows' });
  const rows = page.getByRole('table', { name: 'Flows' }).getByRole('row');
  const raced = rows.filter({ hasText: 'video.example.net' });
  await raced.getByText('frankfurt: had not answered').waitFor();
  await rows.filter({ hasText: 'stun.example.org' }).getByText('waits for a line').waitFor();
  await raced.getByRole('button', { name: 'End' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await page.getByText('The flow to 198.51.100.7:443 has been ended.').waitFor();
  const all = page.getByRole('button', { name: 'End 2 flows' });
  assert.equal(await all.isVisible(), false);
  await page.getByLabel('Kind').selectOption('quic');
  await all.click();
  await page.getByRole('dialog').getByRole('button', { name: 'End 2 flows' }).click();
  await page.getByText('2 flows have been ended.').waitFor();
  const asked = gateway.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
  assert.deepEqual(asked, ['/flows/0-1-a', '/flows?kind=quic']);
  await page.getByLabel('Which').selectOption('ended');
  await rows.filter({ hasText: '192.0.2.53' }).getByText('idle for too long').waitFor();
  await rows.filter({ hasText: '192.0.2.9' }).getByText('refused').waitFor();
});

test('the gateways of the site are told, and why there are none', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'fleet' });
  const rows = page.getByRole('table', { name: 'Fleet' }).getByRole('row');
  await rows.filter({ hasText: 'north' }).getByText('this one').waitFor();
  await rows.filter({ hasText: 'west' }).getByText('away').waitFor();
  await rows.filter({ hasText: 'unknown' }).getByText('not in share.gateways').waitFor();
  await page.getByText('redis.example:6379').waitFor();
  gateway.answers['GET /fleet'] = {
    ...{ site: null, gateway: null, engine: null, routes: null, hints: null, news: null, limits: null },
    gateways: [],
  };
  await page.reload();
  await page.getByText('its configuration has no share.url').waitFor();
  assert.equal(await page.getByText('redis.example:6379').count(), 0);
});

test('a destination is pinned, and forgotten', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'destinations/video.example.net%3A443' });
  await page.getByText('tokyo goes first, to 198.51.100.7.').waitFor();
  await page.getByText('failing here for another 12 s').waitFor();
  await page.getByLabel('Line').selectOption('tokyo');
  await page.getByRole('button', { name: 'Set' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pin' }).click();
  await page.getByText('video.example.net:443 is pinned to tokyo.').waitFor();
  await page.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await page.getByText('video.example.net:443 is forgotten.').waitFor();
  await page.getByRole('heading', { name: 'Destinations' }).waitFor();
  const done = gateway.asked
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => [method, path, body]);
  assert.deepEqual(done, [
    ['PUT', '/routes/video.example.net%3A443/pin', { line: 'tokyo' }],
    ['DELETE', '/routes/video.example.net%3A443', undefined],
  ]);
});

test('names are asked and flushed, a bad address is added and undone, the configuration reloaded', {
  skip,
}, async (test) => {
  const { gateway, page } = await open(test, { view: 'dns' });
  await page.getByLabel('Name').fill('video.example.net');
  await page.keyboard.press('Enter');
  await page.getByText('A client gets 203.0.113.20').waitFor();
  await page.getByRole('button', { name: 'What is kept' }).click();
  await page.getByText('kept for 60 s, valid for 4 min').waitFor();
  await page.getByRole('button', { name: 'Forget the answers' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget the answers' }).click();
  await page.getByText('Answers for video.example.net that were forgotten: 1').waitFor();
  await visit(page, 'bad-addresses');
  await page.getByLabel('Address', { exact: true }).fill('198.51.100.200');
  await page.getByLabel('Hours').fill('2');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await page.getByText('198.51.100.200 is not used any more.').waitFor();
  await page.getByRole('row', { name: '198.51.100.200' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
  await page.getByText('198.51.100.200 is used again.').waitFor();
  await visit(page, 'gateway');
  await page.getByRole('button', { name: 'Reload configuration' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reload configuration' }).click();
  await page.getByText('In force now: upstream. Only after a restart: workers.').waitFor();
  const done = gateway.asked
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => [method, path, body]);
  assert.deepEqual(done, [
    ['POST', '/dns/ask', { name: 'video.example.net' }],
    ['DELETE', '/dns/names/video.example.net', undefined],
    ['POST', '/bad-addresses', { address: '198.51.100.200', lasts_s: 7200 }],
    ['DELETE', '/bad-addresses/198.51.100.200', undefined],
    ['POST', '/configuration/reload', undefined],
  ]);
});

test('the token is asked for, kept for the tab, and asked for again when it is wrong', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'lines', token: 'right-token-of-16' });
  await page.getByLabel('Token').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The gateway did not take this token.').waitFor();
  await page.evaluate(AXE);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('Token').fill('right-token-of-16');
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /^tokyo/ }).waitFor();
  await page.reload();
  await page.getByRole('row', { name: /^tokyo/ }).waitFor();
  assert.equal(await page.evaluate('document.cookie'), '');
  assert.ok(
    gateway.asked.some(({ path, authorization }) => path === '/lines' && authorization === 'Bearer right-token-of-16'),
  );
  assert.ok(gateway.asked.every(({ path }) => !path.includes('right-token')));
});

test('language and colours are chosen by hand, and kept', { skip }, async (test) => {
  const { page } = await open(test, { view: 'lines' });
  await page.getByLabel('Language').selectOption('zh');
  await page.getByRole('heading', { name: '线路' }).waitFor();
  await page.getByLabel('配色').selectOption('dark');
  await page.reload();
  await page.getByRole('heading', { name: '线路' }).waitFor();
  const ground = await page.evaluate('getComputedStyle(document.body.parentElement).backgroundColor');
  assert.equal(ground, 'rgb(14, 17, 21)');
});

test('traffic and log come by themselves, and a break is told and mended', { skip }, async (test) => {
  const { gateway, page } = await open(test, { view: 'log' });
  await page.getByText('Live', { exact: true }).waitFor();
  const now = new Date().toISOString();
  gateway.tell('log', {
    lines: [{ at: now, level: 'warn', message: 'something new', fields: { line: 'tokyo' } }],
    left_out: 3,
  });
  await page.getByText('something new').waitFor();
  await page.getByText('left out since the page or the log is too slow: 3').waitFor();
  await page.getByLabel('Show from').selectOption('error');
  await page.getByText('something new').waitFor({ state: 'detached' });
  gateway.refusesEvents = 'too many viewers';
  gateway.breakStreams();
  await page.getByText('Connecting …').waitFor();
  const refused = page.getByText(/do not come by themselves now; the page asks again. too many viewers/);
  await refused.waitFor();
  await visit(page, 'overview');
  await refused.waitFor();
  await page.getByText('frankfurt: its proxy cannot be reached').waitFor();
  gateway.refusesEvents = undefined;
  await page.getByText('Live', { exact: true }).first().waitFor();
  await refused.waitFor({ state: 'detached' });
});

test('the page is used by keyboard: a link past the ways, and the focus follows to a view', { skip }, async (test) => {
  const { page } = await open(test);
  const focused = () => page.evaluate('document.activeElement.textContent');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'Overview');
  await page.getByRole('link', { name: 'Lines' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Lines', level: 1 }).waitFor();
  assert.equal(await focused(), 'Lines');
});

test('a table keeps its rows, the focus and the place while what it shows changes', { skip }, async (test) => {
  const { page } = await open(test, { view: 'connections' });
  const button = page.getByRole('row', { name: 'git.example.org:22' }).first().getByRole('button');
  await button.focus();
  const answered = page.waitForResponse((response) => response.url().includes('/connections?'));
  await page.getByLabel('Sorted by').dispatchEvent('input');
  await answered;
  const isFirst = "document.activeElement.closest('tr')?.querySelector('th a').textContent";
  assert.equal(await page.evaluate(isFirst), 'git.example.org:22');
});
