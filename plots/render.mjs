// Renders every chart specification to SVG: node render.mjs SPECIFICATIONS_DIR DATA_FILE OUT_DIR
// DATA_FILE holds the data sets, an object of arrays; a chart whose data set is missing or empty is left out.
// Prints one line of JSON: [{"file": "throughput.svg", "title": "..."}, ...]. No browser and no canvas needed.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vega from 'vega';
import * as vegaLite from 'vega-lite';

const SUFFIX = '.vl.json';

const THEME = {
  background: 'white',
  font: 'DejaVu Sans, Verdana, Arial, sans-serif',
  padding: 12,
  title: { anchor: 'start', fontSize: 16, subtitleFontSize: 12, subtitleColor: '#555555', offset: 16 },
  // Without a canvas Vega takes each letter for 0.8 em wide, which is too much: limits are larger than what they limit.
  header: { labelFontSize: 12, labelFontWeight: 'bold', labelAnchor: 'start', labelLimit: 640, labelPadding: 6 },
  axis: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', labelLimit: 260, gridColor: '#e6e6e6' },
  legend: { labelFontSize: 11, titleFontSize: 11 },
  view: { stroke: '#cccccc' },
};

/** Runs `action`, an asynchronous one too; an error of it names the file. */
function naming(file, action) {
  const rethrow = (error) => {
    throw new Error(`${file}: ${error.message}`);
  };
  try {
    const result = action();
    return result instanceof Promise ? result.catch(rethrow) : result;
  } catch (error) {
    return rethrow(error);
  }
}

async function render(specification, datasets) {
  const compiled = vegaLite.compile({ ...specification, datasets }, { config: THEME, logger: vega.logger(vega.Error) }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** A specification with what it leaves to its base: {"base": "bars.base.json", ...}, a file beside it. */
function readSpecification(folder, name) {
  const read = (file) => naming(file, () => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  const { base, ...own } = read(name);
  return base === undefined ? own : { ...read(base), ...own };
}

/** All specifications, in the order in which a report shows them: by usermeta.order, then by name. */
function readSpecifications(folder) {
  const place = ({ specification }) => specification.usermeta?.order ?? Infinity;
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => ({ name, specification: readSpecification(folder, name) }))
    .sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

const [specifications, dataFile, out] = process.argv.slice(2);
const datasets = JSON.parse(readFileSync(dataFile, 'utf8'));
const written = [];
for (const { name, specification } of readSpecifications(specifications)) {
  const set = specification.data?.name;
  if (!datasets[set]?.length) continue;
  const file = name.slice(0, -SUFFIX.length) + '.svg';
  const svg = await naming(name, () => render(specification, { [set]: datasets[set] }));
  writeFileSync(join(out, file), svg);
  written.push({ file, title: specification.description });
}
console.log(JSON.stringify(written));
