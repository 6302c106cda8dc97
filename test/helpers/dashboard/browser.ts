// Debian's Chromium through playwright-core.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const found = PLACES.find((place) => existsSync(place));

/** Why there is no browser; undefined where there is one. */
export const withoutBrowser = found === undefined ? `no browser at ${PLACES.join(', ')}` : undefined;

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: found ?? '', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
}
