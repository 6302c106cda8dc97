// Takes the pictures of the dashboard in docs/images/ for README: a gateway with three lines, traffic, and a site that is blocked on one
// of them. Wants the build with its tests (npm run build) and Chromium; with the font Inter (Debian's fonts-inter) they look as those
// that are there. `--to FOLDER` writes elsewhere.
import { mkdirSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const from = (path) => import(new URL(`../dist/test/helpers/${path}`, import.meta.url));
const { startBrowser, withoutBrowser } = await from('dashboard/browser.js');
const { startScenario } = await from('dashboard/scenario.js');
const { World } = await from('gateway-world.js');

const BYTES_MAX = 200 * 1000;
/** Traffic before the pictures are taken: the plots show as much. */
const TRAFFIC_S = 75;

if (withoutBrowser !== undefined) {
  console.error(withoutBrowser);
  process.exit(1);
}
const to = process.argv.indexOf('--to');
const folder = to < 0 ? fileURLToPath(new URL('../docs/images', import.meta.url)) : process.argv[to + 1];
mkdirSync(folder, { recursive: true });

const world = new World('epoll');
const browser = await startBrowser();
try {
  const pace = { connect_ms: 45, answer_ms: 70, margin_ms: 120 };
  const scenario = await startScenario(world, {}, pace, process.getuid() === 0 ? 443 : undefined);
  const desk = { width: 1280, height: 860 };
  const page = await open('light', desk, 'overview');
  let isDone = false;
  const visiting = visitAll(scenario, () => isDone);
  await pause(TRAFFIC_S * 1000);
  await shoot(page, 'dashboard-overview.png');
  await page.goto(`${scenario.url}#/connections`);
  await page.getByLabel('Target').fill('video.example.net');
  await page.getByRole('link', { name: 'video.example.net' }).last().click();
  await page.locator('.waterfall').waitFor();
  await shoot(page, 'dashboard-race.png', { width: 1280, height: 720 });
  const dark = await open('dark', { width: 1280, height: 520 }, 'lines');
  await dark.getByRole('row', { name: /^tokyo/ }).waitFor();
  await shoot(dark, 'dashboard-lines.png');
  isDone = true;
  await visiting;

  async function open(colorScheme, viewport, view) {
    const context = await browser.newContext({ colorScheme, viewport, locale: 'en-US', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${scenario.url}#/${view}`);
    return page;
  }
} finally {
  await browser.close();
  await world.end();
}

async function shoot(page, name, viewport) {
  if (viewport !== undefined) await page.setViewportSize(viewport);
  await page.waitForTimeout(500);
  const path = `${folder}/${name}`;
  await page.screenshot({ path });
  const { size } = statSync(path);
  console.log(`${name}: ${size} bytes`);
  if (size > BYTES_MAX) throw new Error(`${name} has ${size} bytes, and may have ${BYTES_MAX}`);
}

/** Visits come and go, some slow and some large; the blocked site is rescued again and again. */
async function visitAll({ visit, rescue }, isDone) {
  await visit(0, 1000);
  const clients = [await rescue()];
  for (let turn = 0; !isDone(); turn += 1) {
    const many = Math.round(5 + 3 * Math.sin(turn / 60) + Math.sin(turn / 7));
    const visits = Array.from({ length: many }, (_, one) =>
      visit(one, 2_000 + ((turn * 7919 + one * 104_729) % 90_000)),
    );
    await Promise.all(visits);
    if (turn % 40 === 20) clients.push(await rescue());
    // The first one stays: all lines took part in its race.
    if (clients.length > 6) clients.splice(1, 1)[0].destroy();
    await pause(100);
  }
}
