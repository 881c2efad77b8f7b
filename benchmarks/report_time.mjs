// How long a report takes: node benchmarks/report_time.mjs [REPEATS] [ROUNDS]
// Of a staged result file (benchmarks/staged_results.cpp; 5 repeats, as if not given, are 235 trials and a sweep): seconds for
// the text formats, the page, and with SVG; the page's size; and in Chromium, the time until it takes input, until all of its
// charts are drawn, and the longest task in between, which is what a click may have to wait for. A line for each round, then
// medians with what is allowed. Needs the release preset, its target staged-results, and npm ci in plots/ and tests/browser/.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { launch } from '../tests/browser/browser.mjs';

const bin = process.env.THREADMILL_BIN_DIR ?? fileURLToPath(new URL('../build/release/bin', import.meta.url));
const [repeats = '5', rounds = '5'] = process.argv.slice(2);

const COLUMNS = [
  { key: 'text_s', title: 'text, s', most: 3, digits: 2 },
  { key: 'svg_s', title: 'with SVG, s', most: 10, digits: 2 },
  { key: 'page_mb', title: 'page, MB', most: 3, digits: 2 },
  { key: 'interactive_s', title: 'takes input, s', most: 2, digits: 2 },
  { key: 'longest_task_s', title: 'longest task, s', digits: 2 },
  { key: 'drawn_s', title: 'all drawn, s', digits: 2 },
];

function program(name, remedy) {
  const path = join(bin, name);
  if (existsSync(path)) return path;
  console.error(`${name} is not built; run ${remedy}`);
  process.exit(1);
}
const threadmill = program('threadmill', './threadmill --version');
const stagedResults = program('staged-results', 'cmake --build --preset release --target staged-results');

/** Seconds for a report in these formats. */
function report(file, formats, out) {
  const start = process.hrtime.bigint();
  execFileSync(threadmill, ['report', file, '--format', formats, '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] });
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** In the page, before its own scripts: when it takes input, how long its longest task is, when all is drawn. */
function watch() {
  const times = (window.reportTimes = { longest: 0 });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) times.longest = Math.max(times.longest, duration);
  }).observe({ type: 'longtask', buffered: true });
  document.addEventListener('DOMContentLoaded', () => {
    setTimeout(() => (times.interactive = performance.now()));
    new MutationObserver(() => {
      if (document.documentElement.dataset.charts === 'drawn') times.drawn ??= performance.now();
    }).observe(document.documentElement, { attributes: true });
  });
}

async function load(browser, path) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(pathToFileURL(path).href);
  await page.waitForFunction(() => window.reportTimes.drawn !== undefined, undefined, { timeout: 60_000 });
  const { interactive, longest, drawn } = await page.evaluate(() => window.reportTimes);
  await context.close();
  return { interactive_s: interactive / 1000, longest_task_s: longest / 1000, drawn_s: drawn / 1000 };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const line = (name, cells) => console.log(name.padEnd(10) + cells.map((text) => text.padStart(17)).join(''));

const folder = mkdtempSync(join(tmpdir(), 'threadmill-report-time-'));
const browser = await launch();
try {
  execFileSync(stagedResults, [folder, repeats], { stdio: 'inherit' });
  const file = join(folder, 'suite.jsonl');
  const trials = readFileSync(file, 'utf8').split('\n').filter((record) => record.includes('"record":"trial"')).length;
  console.log(`${trials} trials, ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  line('', COLUMNS.map(({ title }) => title));
  const measured = [];
  for (let round = 1; round <= Number(rounds); ++round) {
    const out = join(folder, String(round));
    const text_s = report(file, 'md,csv,json,tex,html', out);
    const svg_s = report(file, 'md,csv,html,svg', out);
    const page = join(out, 'index.html');
    measured.push({ text_s, svg_s, page_mb: statSync(page).size / 1e6, ...(await load(browser, page)) });
    line(`round ${round}`, COLUMNS.map(({ key, digits }) => measured.at(-1)[key].toFixed(digits)));
  }
  line('median', COLUMNS.map(({ key, digits }) => median(measured.map((one) => one[key])).toFixed(digits)));
  line('allowed', COLUMNS.map(({ most }) => (most === undefined ? '' : String(most))));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
