// What a reader sees of a page: its views, the marks of its charts, and what does not fit.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { coloursIn } from './browser.mjs';

export const phone = { viewport: { width: 390, height: 844 } };
export const marksOf = (figure) => figure.locator('svg.marks :is(path, text, line, rect)[aria-roledescription]');

/** Every section and chart that a reader sees, as pictures; kept where THREADMILL_SCREENSHOTS says. */
async function pictures(page, name) {
  const folder = process.env.THREADMILL_SCREENSHOTS;
  const found = [];
  for (const view of await page.locator('main > section, figure').all()) {
    const id = await view.getAttribute('id');
    const png = await view.screenshot();
    found.push({ id, png });
    if (folder) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}-${id}.png`), png);
    }
  }
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
  return found;
}

/** What is wider than the page and does not scroll inside a box of its own. */
export const cutOff = (page) =>
  page.evaluate(() => {
    const scrolls = (element) => element && (['auto', 'scroll'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element))
      .map((element) => element.outerHTML.slice(0, 120));
  });

/** Every chart has marks, and a name for screen readers. */
export async function expectMarks(page, fewestCharts) {
  const figures = await page.locator('figure').all();
  assert.ok(figures.length >= fewestCharts, `${figures.length} charts`);
  for (const figure of figures) {
    const id = await figure.getAttribute('id');
    assert.ok((await marksOf(figure).count()) > 3, `${id} has no marks`);
    assert.ok(await figure.locator('[role="graphics-document"]').first().getAttribute('aria-label'), id);
  }
  return figures;
}

/** Nothing of a page on a phone is cut off. */
export async function expectFits(page) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `the page is ${width} pixels wide`);
  assert.deepEqual(await cutOff(page), []);
}

/** No view of a page is one colour, or nearly. */
export async function expectNoEmptyView(browser, page, name) {
  for (const { id, png } of await pictures(page, name)) assert.ok((await coloursIn(browser, png)) > 4, `${id} is empty: ${name}`);
}
