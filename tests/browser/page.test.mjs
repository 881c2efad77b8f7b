// The HTML report, and the history, as their readers meet them: in a browser, from a file, without a network. With
// THREADMILL_SCREENSHOTS=DIR it leaves pictures of every view there.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { drawn, launch, open } from './browser.mjs';
import { hostileName, Reports, urlOf } from './reports.mjs';
import { cutOff, expectFits, expectMarks, expectNoEmptyView, marksOf, phone } from './views.mjs';

const reports = new Reports();
let browser;
let small;
let history;

before(async () => {
  browser = await launch();
  small = reports.small();
  history = reports.history();
});
after(async () => {
  await browser?.close();
  reports.close();
});

/** Each page by its name, for what holds of all. */
const pages = () => Object.entries({ report: small, history });

test('loads from a file with no error and no request for anything else', async () => {
  for (const [name, path] of pages()) {
    const { page, misdeeds } = await open(browser, urlOf(path));
    assert.deepEqual(misdeeds, [], name);
    assert.match(await page.title(), name === 'report' ? /Threadmill: servers compared in 2 scenarios/ : /Threadmill: history of 22 runs/);
    assert.ok(statSync(path).size < 3_000_000);
  }
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
  for (const [name, path] of pages()) {
    const { page } = await open(browser, urlOf(path));
    for (const figure of await expectMarks(page, name === 'report' ? 4 : 1)) {
      await figure.locator('.numbers summary').click();
      await figure.locator('.numbers tbody tr').nth(1).waitFor();
    }
  }
});

test('a history says first what changed, with the run', async () => {
  const { page } = await open(browser, urlOf(history));
  const cards = page.locator('#in-short .card');
  assert.equal(await cards.count(), 2);
  assert.match(await cards.nth(1).innerText(), /got worse\s+fork: deliveries\/s fell by 20\.0 %.*with run 13/);
  assert.match(await page.locator('#in-short .warning').innerText(), /1 file could not be read/);
  assert.match(await page.locator('#skipped').innerText(), /torn\.jsonl/);
});

test('a history hides servers, figures and machines, in cards, tables and the chart', async () => {
  const { page, misdeeds } = await open(browser, urlOf(history));
  const figure = page.locator('#chart-history');
  const drawing = () => figure.locator('svg.marks').innerHTML();
  const all = await marksOf(figure).count();
  const rows = (text) => page.locator('section[data-scenario] tbody tr:visible', { hasText: text }).count();
  assert.match(await drawing(), /deliveries\/s/);
  assert.ok((await rows('deliveries/s')) > 0);

  await page.getByRole('checkbox', { name: 'deliveries/s' }).uncheck();
  await drawn(page);
  assert.doesNotMatch(await drawing(), /deliveries\/s/);
  assert.equal(await rows('deliveries/s'), 0);
  assert.ok((await rows('CPU-µs per delivery')) > 0);
  assert.equal(await page.locator('#in-short li:visible', { hasText: 'deliveries/s' }).count(), 0);

  await page.getByRole('checkbox', { name: /Another CPU/ }).uncheck();
  await page.getByRole('checkbox', { name: 'epoll', exact: true }).uncheck();
  await drawn(page);
  assert.equal(await rows('Another CPU'), 0);
  assert.doesNotMatch(await drawing(), />epoll: /);
  assert.match(await page.locator('#chosen').innerText(), /2 of 2 scenarios, 3 of 4 servers, \d of \d metrics, 1 of 2 machines/);

  for (const kind of ['server', 'metric', 'machine']) await page.locator(`[data-all="${kind}"]`).click();
  await drawn(page);
  assert.equal(await marksOf(figure).count(), all);
  assert.deepEqual(misdeeds, []);
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

test('puts the second of two files against the first', async () => {
  const { page, misdeeds } = await open(browser, urlOf(reports.two()), phone);
  assert.match(await page.locator('#changes h2').innerText(), /Run other against run small/);
  assert.ok((await page.locator('#changes tbody tr').count()) > 4);
  assert.ok((await marksOf(page.locator('#chart-against')).count()) > 4);
  assert.deepEqual(await cutOff(page), []);
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
    for (const [, path] of pages()) {
      const { page } = await open(browser, urlOf(path), { ...phone, colorScheme: scheme });
      await page.locator('#tools > summary').click();
      await expectFits(page);
    }
  });
}

// Wide and light, on a phone and dark: each view is looked at in both.
for (const [scheme, size, options] of [['light', 'wide', {}], ['dark', 'phone', phone]]) {
  test(`has no empty view, ${scheme}, ${size}`, async () => {
    for (const [name, path] of pages()) {
      const { page } = await open(browser, urlOf(path), { ...options, colorScheme: scheme });
      await expectNoEmptyView(browser, page, `${name}-${scheme}-${size}`);
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

test('a history shows hostile names as text', async () => {
  const hostile = reports.hostileHistory();
  const { page, misdeeds } = await open(browser, urlOf(hostile));
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.evaluate(() => document.scripts.length), 5, 'data, three libraries, one script of ours');
  assert.ok((await page.locator('body').innerText()).includes(hostileName.slice(0, 25)), 'the name is there');
  const figure = page.locator('#chart-history');
  const all = await marksOf(figure).count();
  await page.locator('#choices input[name=server]').last().uncheck();
  await drawn(page);
  assert.ok((await marksOf(figure).count()) < all, 'the filter knows it');
  assert.deepEqual(misdeeds, []);
  const onPhone = await open(browser, urlOf(hostile), phone);
  assert.deepEqual(await cutOff(onPhone.page), []);
});

for (const name of ['report', 'history']) test(`is built for a screen reader and a keyboard, ${name}`, async () => {
  const { page } = await open(browser, urlOf(Object.fromEntries(pages())[name]));
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
