// A browser for tests, and what it saw.

import { existsSync } from 'node:fs';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

async function playwright() {
  try {
    return await import('playwright-core');
  } catch {
    throw new Error('playwright-core is not installed; run: npm ci --prefix tests/browser');
  }
}

/** A headless Chromium. Throws an error that names what to install. */
export async function launch() {
  const { chromium } = await playwright();
  const executablePath = CANDIDATES.find((file) => existsSync(file));
  if (!executablePath) throw new Error('Chromium is not installed; install the package chromium');
  return chromium.launch({ executablePath, args: ['--disable-gpu', '--disable-dev-shm-usage'] });
}

/** Opens a page and keeps what it must not do: errors, dialogs, requests for anything but itself. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const misdeeds = [];
  page.on('console', (message) => message.type() === 'error' && misdeeds.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => misdeeds.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    const isItself = request.url() === url || request.url().startsWith('data:') || request.url().startsWith('blob:');
    if (!isItself) misdeeds.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  if (options.javaScriptEnabled !== false) await drawn(page);
  return { page, misdeeds };
}

/** Waits until all charts are drawn. */
export async function drawn(page) {
  await page.waitForFunction(() => document.documentElement.dataset.charts === 'drawn', undefined, { timeout: 60_000 });
}

/** How many different colours a PNG has, up to `most`. */
export async function coloursIn(browser, png, most = 16) {
  const page = await browser.newPage();
  const count = await page.evaluate(
    async ([base64, limit]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const seen = new Set();
      for (const pixel of new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)) {
        seen.add(pixel);
        if (seen.size >= limit) break;
      }
      return seen.size;
    },
    [png.toString('base64'), most],
  );
  await page.close();
  return count;
}
