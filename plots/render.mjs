// Renders charts to SVG: node render.mjs CHARTS_FILE OUT_DIR
// CHARTS_FILE holds {"theme", "charts": [{"name", "title", "sets", "specification"}, ...], "datasets"}: see
// plots/charts/chart_set.h. Prints one line of JSON: [{"file": "throughput.svg", "title": "..."}, ...]. No browser and no
// canvas needed.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vega from 'vega';
import * as vegaLite from 'vega-lite';

async function render({ specification, sets }, datasets, config) {
  const own = Object.fromEntries(sets.map((name) => [name, datasets[name] ?? []]));
  const compiled = vegaLite.compile({ ...specification, datasets: own }, { config, logger: vega.logger(vega.Error) }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

const [chartsFile, out] = process.argv.slice(2);
const { theme, charts, datasets } = JSON.parse(readFileSync(chartsFile, 'utf8'));
const written = [];
for (const chart of charts) {
  const file = `${chart.name}.svg`;
  const svg = await render(chart, datasets, theme.light?.config ?? {}).catch((error) => {
    throw new Error(`${chart.name}.vl.json: ${error.message}`);
  });
  writeFileSync(join(out, file), svg);
  written.push({ file, title: chart.specification.description ?? chart.title });
}
console.log(JSON.stringify(written));
