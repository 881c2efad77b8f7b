// The HTML report as its readers meet it: in a browser, from a file, without a network. With THREADMILL_SCREENSHOTS=DIR
// it leaves pictures of every view there.

import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { coloursIn, drawn, launch, open } from './browser.mjs';
import { hostileName, Reports, urlOf } from './reports.mjs';

const reports = new Reports();
let browser;
let small;

before(async () => {
  browser = await launch();
  small = reports.small();
});
after(async () => {
  await browser?.close();
  reports.close();
});

const phone = { viewport: { width: 390, height: 844 } };
const marksOf = (figure) => figure.locator('svg.marks :is(path, text, line, rect)[aria-roledescription]');

/** Every section and chart that a reader sees, as pictures. */
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
const cutOff = (page) =>
  page.evaluate(() => {
    const scrolls = (element) => element && (['auto', 'scroll'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element))
      .map((element) => element.outerHTML.slice(0, 120));
  });

test('loads from a file with no error and no request for anything else', async () => {
  const { page, misdeeds } = await open(browser, urlOf(small));
  assert.deepEqual(misdeeds, []);
  assert.match(await page.title(), /Threadmill: servers compared in 2 scenarios/);
  assert.ok(statSync(small).size < 3_000_000);
});

test('says first who wins, and what is too close or invalid', async () => {
  const { page } = await open(browser, urlOf(small));
  const cards = page.locator('#in-short .card');
  assert.equal(await cards.count(), 2);
  assert.match(await cards.nth(1).innerText(), /broker wins/);
  const cells = page.locator('#cells tbody tr');
  assert.match(await cells.nth(0).innerText(), /invalid/);
  assert.match(await cells.nth(1).innerText(), /★ wins/);
});

test('every chart has marks, a name for screen readers, and its numbers as a table', async () => {
  const { page } = await open(browser, urlOf(small));
  const figures = await page.locator('figure').all();
  assert.ok(figures.length >= 4);
  for (const figure of figures) {
    const id = await figure.getAttribute('id');
    assert.ok((await marksOf(figure).count()) > 3, `${id} has no marks`);
    assert.ok(await figure.locator('[role="graphics-document"]').first().getAttribute('aria-label'), id);
    await figure.locator('.numbers summary').click();
    assert.ok((await figure.locator('.numbers tbody tr').count()) > 1, `${id} has no numbers`);
  }
});

test('hides what the reader does not choose, in tables and charts, and shows it again', async () => {
  const { page, misdeeds } = await open(browser, urlOf(small));
  const figure = page.locator('#chart-throughput');
  const all = await marksOf(figure).count();
  assert.match(await figure.locator('svg.marks').innerHTML(), />fork</);

  await page.getByRole('checkbox', { name: 'fork' }).uncheck();
  await drawn(page);
  assert.doesNotMatch(await figure.locator('svg.marks').innerHTML(), />fork</);
  assert.ok((await marksOf(figure).count()) < all);
  assert.equal(await page.locator('section[data-scenario] tbody th:visible', { hasText: /^\s*fork/ }).count(), 0);
  assert.equal(await page.locator('#cells th:visible', { hasText: /^\s*fork/ }).count(), 0);

  await page.getByRole('checkbox', { name: /Chat fan-out/ }).uncheck();
  await drawn(page);
  assert.equal(await page.locator('#scenario-1:visible').count(), 0);
  assert.equal(await page.locator('#scenario-0:visible').count(), 1);
  assert.match(await page.locator('#chosen').innerText(), /1 of 2 scenarios, 3 of 4 servers/);

  await page.locator('[data-none="server"]').click();
  await drawn(page);
  assert.ok(await figure.locator('.nothing').isVisible());

  for (const kind of ['server', 'scenario']) await page.locator(`[data-all="${kind}"]`).click();
  await drawn(page);
  assert.equal(await marksOf(figure).count(), all);
  assert.deepEqual(misdeeds, []);
});

test('is dark where the system is, and as the button says', async () => {
  const { page, misdeeds } = await open(browser, urlOf(small), { colorScheme: 'dark' });
  const lightness = () =>
    page.evaluate(() => {
      const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+(\.\d+)?/g).map(Number);
      return (red + green + blue) / 3;
    });
  const chartGround = () => page.locator('#chart-throughput svg.marks').evaluate((svg) => getComputedStyle(svg).backgroundColor);
  assert.ok((await lightness()) < 60);
  const dark = await chartGround();
  await page.locator('#theme').click();
  await drawn(page);
  assert.ok((await lightness()) > 200);
  assert.notEqual(await chartGround(), dark);
  assert.deepEqual(misdeeds, []);
});

for (const scheme of ['light', 'dark']) {
  test(`shows nothing cut off on a phone, ${scheme}`, async () => {
    const { page } = await open(browser, urlOf(small), { ...phone, colorScheme: scheme });
    await page.locator('#tools > summary').click();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `the page is ${width} pixels wide`);
    assert.deepEqual(await cutOff(page), []);
  });

  test(`has no empty view, ${scheme}`, async () => {
    for (const [size, options] of Object.entries({ wide: {}, phone })) {
      const { page } = await open(browser, urlOf(small), { ...options, colorScheme: scheme });
      for (const { id, png } of await pictures(page, `${scheme}-${size}`))
        assert.ok((await coloursIn(browser, png)) > 4, `${id} is empty, ${scheme}, ${size}`);
    }
  });
}

test('shows hostile names as text', async () => {
  const hostile = reports.hostile();
  const { page, misdeeds } = await open(browser, urlOf(hostile));
  assert.deepEqual(misdeeds, []);
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.evaluate(() => document.scripts.length), 5, 'data, three libraries, one script of ours');
  const start = hostileName.slice(0, 25);
  const text = await page.locator('body').innerText();
  assert.ok(text.includes(start), 'the name is there');
  const figure = page.locator('#chart-throughput');
  assert.ok((await figure.locator('svg.marks').innerHTML()).includes('&lt;script&gt;'));
  const all = await marksOf(figure).count();
  await page.locator('#choices input[name=server]').last().uncheck();
  await drawn(page);
  assert.ok((await marksOf(figure).count()) < all, 'the filter knows it');
  assert.deepEqual(misdeeds, []);
  const onPhone = await open(browser, urlOf(hostile), phone);
  assert.deepEqual(await cutOff(onPhone.page), []);
});

test('is built for a screen reader and a keyboard', async () => {
  const { page } = await open(browser, urlOf(small));
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  for (const landmark of ['header', 'main', 'aside', 'nav', 'footer']) assert.equal(await page.locator(landmark).count(), 1, landmark);
  const levels = await page.locator('h1, h2, h3, h4').evaluateAll((all) => all.map((heading) => Number(heading.tagName[1])));
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.forEach((level, i) => assert.ok(i === 0 ? level === 1 : level <= levels[i - 1] + 1, `heading ${i} skips a level`));
  const unnamed = await page.locator('[role="group"]:not([aria-label]), button:empty').count();
  assert.equal(unnamed, 0);

  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the results');
  for (let i = 0; i < 5; ++i) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
    assert.ok(parseFloat(outline) >= 2, 'focus is seen');
  }
});

test('prints in light colours without what only a screen needs', async () => {
  const { page } = await open(browser, urlOf(small), { viewport: { width: 700, height: 990 } });
  await page.emulateMedia({ media: 'print' });
  assert.ok(!(await page.locator('aside').isVisible()));
  assert.deepEqual(await cutOff(page), []);
  const wider = await page.locator('figure svg.marks').evaluateAll((all) => all.filter((svg) => svg.getBoundingClientRect().right > innerWidth).length);
  assert.equal(wider, 0);
});

test('says the same without scripts, but for charts', async () => {
  const { page } = await open(browser, urlOf(small), { javaScriptEnabled: false });
  const text = await page.locator('body').innerText();
  for (const part of [/broker wins/, /Fairness contract/, /threadmill run quick --seed 1/, /JavaScript/]) assert.match(text, part);
  assert.ok(!(await page.locator('#choices').isVisible()));
});
