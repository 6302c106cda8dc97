// The page against a real gateway with traffic and faults: what it shows is what has happened, and what it does is done.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { askAdmin } from '../helpers/admin.js';
import { whyNoCertificate } from '../helpers/certificate.js';
import { startBrowser, withoutBrowser } from '../helpers/dashboard/browser.js';
import { type Scenario, startScenario } from '../helpers/dashboard/scenario.js';
import { World } from '../helpers/gateway-world.js';

const skip = withoutBrowser ?? whyNoCertificate() ?? false;

let browser: Browser;
const world = new World('epoll');
let scenario: Scenario;

before(async () => {
  if (skip !== false) return;
  browser = await startBrowser();
  scenario = await startScenario(world);
});
after(async () => {
  await browser?.close();
  await world.end();
});

async function open(test: TestContext, view: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  test.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(`${scenario.url}#/${view}`);
  return page;
}

const ask = async (path: string): Promise<unknown> =>
  JSON.parse((await askAdmin(scenario.url.slice(0, -1), `/api/v1${path}`)).body);

test('a rescue is seen as one: who was silent, who carried, and that it lives', { skip }, async (test) => {
  const client = await scenario.rescue();
  const page = await open(test, 'connections');
  await page
    .getByRole('link', { name: `video.example.net:${scenario.port}` })
    .first()
    .click();
  const rows = page.locator('.waterfall tbody tr');
  await rows.first().waitFor();
  const told = (await rows.allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim());
  const of = (line: string): string => told.find((row) => row.startsWith(line)) ?? '';
  assert.match(of('direct'), /kept silent .*connected .* had not answered the ClientHello/);
  assert.match(of('tokyo'), /Won: rescue connected .* first byte/);
  assert.match(of('frankfurt'), /a proxy of the line cannot be reached/);
  assert.match(await page.locator('.story').first().innerText(), /^Rescue tokyo carries the connection after/);
  const closed = new Promise((resolve) => client.once('close', resolve));
  client.on('error', () => {});
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByText('is closed.').waitFor();
  await closed;
});

test('traffic comes by itself, lines tell their wins and rescues, and the log what is wrong', {
  skip,
}, async (test) => {
  const page = await open(test, 'overview');
  await page.getByText('Live', { exact: true }).first().waitFor();
  for (let visit = 0; visit < 6; visit += 1) await scenario.visit(visit, 100_000);
  await page.getByRole('row', { name: /^tokyo up/ }).waitFor();
  await page
    .locator('main')
    .getByRole('link', { name: `git.example.org:${scenario.port}` })
    .first()
    .waitFor();
  await page.goto(`${scenario.url}#/lines`);
  const lines = (await ask('/lines')) as {
    readonly lines: readonly { readonly line: string; readonly rescues: number }[];
  };
  assert.equal(lines.lines.find(({ line }) => line === 'tokyo')?.rescues, 1);
  await page.getByRole('link', { name: 'tokyo' }).click();
  await page
    .getByText(/^Half below/)
    .first()
    .waitFor();
  await page.goto(`${scenario.url}#/log`);
  await page.locator('.log li').first().waitFor();
});

test('a line is paused and resumed, and the gateway does so', { skip }, async (test) => {
  const page = await open(test, 'lines/tokyo');
  const isPaused = async () => ((await ask('/lines/tokyo')) as { readonly paused: boolean }).paused;
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByText('tokyo is paused.').waitFor();
  assert.equal(await isPaused(), true);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await page.getByText('tokyo is used again.').waitFor();
  assert.equal(await isPaused(), false);
});

test('what is remembered of a destination is shown with its reasons, and forgotten', { skip }, async (test) => {
  await scenario.visit(0, 10);
  const key = `git.example.org:${scenario.port}`;
  const page = await open(test, `destinations/${encodeURIComponent(key)}`);
  await page.getByText('direct goes first, to 127.0.0.21.').waitFor();
  await page.getByText('the best of what is remembered').waitFor();
  await page.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await page.getByText(`${key} is forgotten.`).waitFor();
});

test('every view of a real gateway shows what there is, and complains of nothing', { skip }, async (test) => {
  await scenario.visit(0, 10);
  const page = await open(test, 'gateway');
  await page.getByRole('row', { name: /^admin\.listen "127\.0\.0\.1:0"/ }).waitFor();
  await page.getByLabel('Target').fill(`git.example.org:${scenario.port}`);
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText('No rule is for it.').waitFor();
  await page.goto(`${scenario.url}#/bad-addresses`);
  await page.getByLabel('Address', { exact: true }).fill('192.0.2.7');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await page.getByRole('row', { name: /^192\.0\.2\.7 for all names added by hand/ }).waitFor();
  await page.goto(`${scenario.url}#/dns`);
  await page.getByLabel('Name').fill('git.example.org');
  await page.getByRole('button', { name: 'What is kept' }).click();
  await page.getByText('From a hosts file: 127.0.0.21').waitFor();
  await page.goto(`${scenario.url}#/clients`);
  await page.getByRole('row', { name: /^127\.0\.0\.1 / }).waitFor();
  await page.goto(`${scenario.url}#/destinations`);
  await page.getByRole('link', { name: `git.example.org:${scenario.port}` }).waitFor();
});
