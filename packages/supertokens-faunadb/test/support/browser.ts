import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

/** The folder of pictures that a run leaves for people to look at. Not in git. */
const pictures = fileURLToPath(new URL('../../../../.artefacts/', import.meta.url));

/**
 * Starts the Chromium or Chrome that `npm test` found or installed, in `CHROME_PATH`.
 *
 * @throws {Error} where there is none: a test that needs a browser must not pass without.
 */
export async function launchBrowser(): Promise<Browser> {
  const { CHROME_PATH } = process.env;
  if (!CHROME_PATH) throw new Error('No Chromium or Chrome found: install one, or name its program in CHROME_PATH.');
  return chromium.launch({
    executablePath: CHROME_PATH,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Keeps a picture of the whole page under `.artefacts/`. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png`, fullPage: true });
}
