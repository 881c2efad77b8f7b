// Pages with every chart and section there is: of a staged suite with a sweep, of a study, of two runs side by side.

import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { launch, open } from './browser.mjs';
import { Reports, urlOf } from './reports.mjs';
import { expectFits, expectMarks, expectNoEmptyView, phone } from './views.mjs';

const reports = new Reports();
let browser;
let pages;

before(async () => {
  browser = await launch();
  pages = reports.staged();
});
after(async () => {
  await browser?.close();
  reports.close();
});

// A history has a chart of its own, which no run fills.
const specifications = readdirSync(new URL('../../plots/charts', import.meta.url)).filter((name) => name.endsWith('.vl.json') && name !== 'history.vl.json');
const fewestCharts = { suite: specifications.length, study: 2, 'two runs': specifications.length };

for (const name of ['suite', 'study', 'two runs']) {
  test(`${name}: less than 3 MB, no error, every chart has marks`, async () => {
    assert.ok(statSync(pages[name]).size < 3_000_000, `${statSync(pages[name]).size} bytes`);
    const { page, misdeeds } = await open(browser, urlOf(pages[name]));
    await expectMarks(page, fewestCharts[name]);
    assert.deepEqual(misdeeds, []);
    await page.context().close();
  });

  test(`${name}: nothing cut off on a phone`, async () => {
    const { page } = await open(browser, urlOf(pages[name]), { ...phone, colorScheme: 'dark' });
    await expectFits(page);
    await page.context().close();
  });
}

test('suite: no empty view on a phone', async () => {
  const { page } = await open(browser, urlOf(pages.suite), { ...phone, colorScheme: 'dark' });
  await expectNoEmptyView(browser, page, 'suite-dark-phone');
  await page.context().close();
});

test('study: says which claims hold', async () => {
  const { page } = await open(browser, urlOf(pages.study));
  const text = await page.locator('#study-0').innerText();
  for (const part of [/The loop answers most\./, /confirmed/, /Processes beat threads\./, /refuted/]) assert.match(text, part);
});

test('two runs: each server has a shade for each', async () => {
  const { page } = await open(browser, urlOf(pages['two runs']));
  const colours = await page.evaluate(() => {
    const { words, values } = JSON.parse(document.getElementById('data').textContent).datasets.throughput.columns.color;
    return new Set(values.map((at) => words[at])).size;
  });
  assert.equal(colours, 10, 'five servers, two runs');
});
