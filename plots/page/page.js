// What a page can do once it is loaded: draw its charts, hide what the reader does not choose, be light or dark. Everything
// it needs is in the element #data: {"theme", "charts", "datasets"}, see plots/charts/chart_set.h and
// plots/page/packed_data.h.
(() => {
  'use strict';

  const AXIS_ROOM = 170; // what labels beside a chart take, in pixels
  const NARROWEST = 170; // of a chart's own width
  const LEAST_SHARE = 0.75; // of the width that it asks for, before panels are put below each other
  const WIDE_ENOUGH_FOR_TITLES = 450; // of a panel, so that its title with the unit is one line
  const NARROW_BOX = 480; // as on a phone
  const NARROW_STEP = 58; // of a field of a map there
  const SHORT_LABEL = 140; // beside a chart in such a box
  const NAMES_BESIDE = 190; // what names at the right of a panel, and the axis at its left, take
  const LINE = 14; // the height of one of a panel's title
  const LETTER = 7; // the width of one in a panel's title
  const MOST_ROWS = 500; // of a table of numbers

  const root = document.documentElement;
  root.classList.add('script');
  const { theme, charts, datasets: packedSets } = JSON.parse(document.getElementById('data').textContent);
  const datasets = Object.fromEntries(Object.entries(packedSets).map(([name, set]) => [name, unpacked(set)]));

  /** Records from their columns. */
  function unpacked({ count, columns }) {
    const records = Array.from({ length: count }, () => ({}));
    for (const [name, { words, values }] of Object.entries(columns)) {
      values.forEach((value, i) => {
        if (value !== null) records[i][name] = words ? words[value] : value;
      });
    }
    return records;
  }

  // --- light and dark

  const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
  const themeButton = document.getElementById('theme');

  // Some browsers let no page from a file remember anything.
  function remembered() {
    try {
      return localStorage.getItem('threadmill-theme');
    } catch {
      return null;
    }
  }
  function remember(name) {
    try {
      localStorage.setItem('threadmill-theme', name);
    } catch {
      // It holds for this visit.
    }
  }

  let chosenTheme = remembered();
  const isDark = () => (chosenTheme ? chosenTheme === 'dark' : systemIsDark.matches);

  function showTheme() {
    root.dataset.theme = isDark() ? 'dark' : 'light';
    themeButton.setAttribute('aria-pressed', String(isDark()));
  }
  themeButton.addEventListener('click', () => {
    chosenTheme = isDark() ? 'light' : 'dark';
    remember(chosenTheme);
    showTheme();
    refresh();
  });
  systemIsDark.addEventListener('change', () => {
    showTheme();
    refresh();
  });

  // --- colours

  const substitutes = () => (isDark() ? theme.dark?.colours ?? {} : {});
  const colourNow = (colour) => {
    const instead = substitutes();
    return typeof colour === 'string' && Object.hasOwn(instead, colour.toLowerCase()) ? instead[colour.toLowerCase()] : colour;
  };
  function recoloured(value) {
    if (Array.isArray(value)) return value.map(recoloured);
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, recoloured(inner)]));
    return colourNow(value);
  }

  const colourOfServer = new Map();
  for (const records of Object.values(datasets)) {
    for (const { subject, color } of records) if (subject && color) colourOfServer.set(subject, color);
  }
  function showSwatches() {
    for (const element of document.querySelectorAll('[data-swatch]')) {
      const colour = colourOfServer.get(element.dataset.swatch);
      if (colour) element.style.setProperty('--swatch', colourNow(colour));
    }
  }

  // --- choosing

  // What can be left out, and the field of a chart's records that names it. Elements name it in data-KIND.
  const CHOOSABLE = { scenario: 'scenario', server: 'subject', metric: 'metric', machine: 'machine' };
  const choices = document.getElementById('choices');
  const boxesOf = (kind) => [...choices.querySelectorAll(`input[name=${kind}]`)];
  const hiddenOf = (kind) => new Set(boxesOf(kind).filter((box) => !box.checked).map((box) => box.value));
  const kinds = Object.keys(CHOOSABLE).filter((kind) => boxesOf(kind).length > 0);
  let hidden = {}; // of each kind, the names that the reader left out
  const isChosen = (record) => kinds.every((kind) => !hidden[kind].has(record[CHOOSABLE[kind]]));

  /** Gives the rows of tables the names that charts and checkboxes have for what their cells say: a heading its server. */
  function nameRows() {
    const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
    for (const kind of kinds) {
      const names = new Map(boxesOf(kind).map((box) => [oneLine(box.dataset.label), box.value]));
      for (const told of document.querySelectorAll(`section[data-scenario] tbody ${kind === 'server' ? 'th' : 'td'}`)) {
        const name = names.get(oneLine(told.textContent));
        if (name !== undefined) told.parentElement.dataset[kind] = name;
      }
    }
  }

  function applyChoices() {
    hidden = Object.fromEntries(kinds.map((kind) => [kind, hiddenOf(kind)]));
    for (const element of document.querySelectorAll(Object.keys(CHOOSABLE).map((kind) => `[data-${kind}]`).join()))
      element.hidden = kinds.some((kind) => hidden[kind].has(element.dataset[kind]));
    const shown = (kind) => `${boxesOf(kind).length - hidden[kind].size} of ${boxesOf(kind).length} ${kind}s`;
    document.getElementById('chosen').textContent = `Shown: ${kinds.map(shown).join(', ')}.`;
  }

  choices.addEventListener('submit', (event) => event.preventDefault());
  choices.addEventListener('change', () => {
    applyChoices();
    refresh();
  });
  choices.addEventListener('click', ({ target }) => {
    const kind = target.dataset.all ?? target.dataset.none;
    if (kind === undefined) return;
    for (const box of boxesOf(kind)) box.checked = target.dataset.all !== undefined;
    applyChoices();
    refresh();
  });

  // --- charts

  const figureOf = (chart) => document.getElementById(`chart-${chart.name}`);
  const recordsOf = (set) => (datasets[set] ?? []).filter(isChosen);

  /**
   * The specification for a box of so many pixels: fewer panels beside each other, then narrower ones. Its title stands
   * above the box already, in the page's own type.
   */
  function fitted({ title, ...whole }, room, panels) {
    const specification = room < NARROW_BOX ? forNarrowBox(whole) : whole;
    const inner = specification.spec ?? specification;
    if (typeof inner.width !== 'number') return specification;
    const gap = typeof specification.spacing === 'object' ? specification.spacing.column ?? 20 : specification.spacing ?? 20;
    const widthIn = (columns) => Math.floor((room - AXIS_ROOM - (columns - 1) * gap) / columns);
    let columns = specification.columns ?? 1;
    while (columns > 1 && widthIn(columns) < LEAST_SHARE * inner.width) --columns;
    // Some charts write the servers' names at the right of each panel.
    const most = room < NARROW_BOX && specification.usermeta?.names_beside ? room - NAMES_BESIDE : Math.max(NARROWEST, widthIn(columns));
    const width = Math.min(inner.width, most);
    if (!specification.spec) return { ...specification, width };
    const isNarrow = width < WIDE_ENOUGH_FOR_TITLES;
    const wrapped = isNarrow ? panels.map((title) => wrappedTitle(title, width)) : [];
    const facet = isNarrow ? withWrappedTitles(specification.facet, panels, wrapped) : specification.facet;
    const sized = { ...specification, facet, spec: { ...inner, width } };
    const lines = Math.max(2, ...wrapped.map((title) => title.length));
    if (typeof sized.spacing === 'object') sized.spacing = { ...sized.spacing, row: sized.spacing.row + (lines - 2) * LINE };
    return specification.columns === undefined ? sized : { ...sized, columns };
  }

  /** The words of a text in lines of at most so many letters. */
  function linesOf(text, most) {
    const lines = [];
    for (const word of text.split(' ')) {
      const last = lines.length - 1;
      if (last >= 0 && lines[last].length + 1 + word.length <= most) lines[last] += ` ${word}`;
      else lines.push(word);
    }
    return lines;
  }

  /** A panel's title in lines: its unit, in brackets at the end, has one of its own. */
  function wrappedTitle(title, width) {
    const at = title.lastIndexOf(' (');
    const parts = at > 0 ? [title.slice(0, at), title.slice(at + 1)] : [title];
    return parts.flatMap((part) => linesOf(part, Math.floor(width / LETTER)));
  }

  function withWrappedTitles(facet, titles, wrapped) {
    if (!facet?.field) return facet;
    // As a literal of Vega's expressions: JSON, whatever a name has in it.
    const lines = JSON.stringify(Object.fromEntries(titles.map((title, i) => [title, wrapped[i]])));
    return { ...facet, header: { ...facet.header, labelExpr: `(${lines})[datum.label]` } };
  }

  /** A specification whose axes cut long labels and whose legends stand below, so that a narrow box shows more than those. */
  function forNarrowBox(specification) {
    const narrow = withShortLabels(specification);
    if (narrow.width?.step) narrow.width = { step: Math.min(narrow.width.step, NARROW_STEP) };
    narrow.config = { ...narrow.config, legend: { ...narrow.config?.legend, orient: 'bottom', columns: 2 } };
    return narrow;
  }

  /** A specification whose axes cut long labels, so that a narrow box shows more than labels. */
  function withShortLabels(part, key = '') {
    if (Array.isArray(part)) return part.map((inner) => withShortLabels(inner));
    if (part === null || typeof part !== 'object') return part;
    const copy = Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, withShortLabels(inner, name)]));
    if (key === 'axis' && copy.labelLimit > SHORT_LABEL) copy.labelLimit = SHORT_LABEL;
    if (key === 'legend' && copy.orient) copy.columns = 2;
    return copy;
  }

  const panelsOf = (records) => [...new Set(records.map(({ panel }) => panel ?? ''))];

  /** The fields that a specification draws: what a reader may want to have in numbers. */
  function fieldsOf(part, found = new Set()) {
    if (Array.isArray(part)) part.forEach((inner) => fieldsOf(inner, found));
    else if (part !== null && typeof part === 'object') {
      for (const [key, value] of Object.entries(part)) {
        if (key === 'field' && typeof value === 'string') found.add(value);
        else fieldsOf(value, found);
      }
    }
    return found;
  }
  // Fields that a chart draws and no reader needs in numbers. "value" and "text" are one column, the figure.
  const NOT_FOR_READERS = new Set(['color', 'dash', 'order', 'panel', 'panel_order', 'subject', 'row', 'ceiling', 'scenario', 'kind', 'value', 'text', 'series']);
  // Records that are not a row of the numbers: single trials are in the CSV, a label repeats a figure.
  const NO_ROWS = new Set(['trial', 'probe', 'label']);
  function columnsFor(chart, records) {
    const has = (name) => records.some((record) => name in record);
    const drawn = [...fieldsOf(chart.specification)].filter((name) => !NOT_FOR_READERS.has(name) && has(name));
    const kinds = new Set(records.map(({ kind }) => kind));
    return [
      ...['panel', 'subject'].filter(has),
      ...(kinds.size > 1 ? ['kind'] : []),
      ...drawn,
      ...(has('value') || has('text') ? ['figure'] : []),
    ];
  }
  const written = (value) =>
    typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 6 }) : String(value ?? '–');
  // A figure as text says more: its unit, and whether it is to be trusted.
  const fieldOf = (record, name) => (name === 'figure' ? record.text ?? record.value : record[name]);
  const TITLES = { panel: 'scenario', subject: 'server', state: 'verdict' };
  const inWords = (name) => TITLES[name] ?? name.replaceAll('_', ' ');

  function cell(tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }

  function aligned(element, isNumber) {
    if (isNumber) element.setAttribute('align', 'right');
    return element;
  }

  function showNumbers(chart) {
    const box = figureOf(chart).querySelector('.numbers .scroll');
    const all = recordsOf(chart.sets[0]).filter(({ kind }) => !NO_ROWS.has(kind));
    const columns = columnsFor(chart, all);
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    const isNumber = (name) => name === 'figure' || all.some((record) => typeof record[name] === 'number');
    for (const name of columns) head.append(aligned(cell('th', inWords(name)), isNumber(name)));
    const body = table.createTBody();
    for (const record of all.slice(0, MOST_ROWS)) {
      const row = body.insertRow();
      for (const name of columns) row.append(aligned(cell('td', written(fieldOf(record, name))), isNumber(name)));
    }
    box.replaceChildren(table);
    if (all.length > MOST_ROWS) box.append(cell('p', `and ${all.length - MOST_ROWS} more rows: the CSV beside this page has all.`));
  }

  // Records are copied: what draws a chart writes into them.
  function dataFor(chart) {
    return Object.fromEntries(
      chart.sets.map((set) => [set, recordsOf(set).map((record) => ({ ...record, color: colourNow(record.color) }))]),
    );
  }

  const tooltip = document.getElementById('tooltip');
  function showTooltip(chart, event, datum) {
    if (datum === null || typeof datum !== 'object') {
      tooltip.hidden = true;
      return;
    }
    const columns = columnsFor(chart, recordsOf(chart.sets[0])).filter((name) => name !== 'panel' && name !== 'subject');
    const lines = columns
      .map((name) => [name, fieldOf(datum, name)])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => cell('div', `${inWords(name)}: ${written(value)}`));
    tooltip.replaceChildren(cell('b', datum.subject ?? ''), ...lines);
    tooltip.hidden = false;
    const { width, height } = tooltip.getBoundingClientRect();
    tooltip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4))}px`;
    tooltip.style.top = `${Math.max(4, Math.min(event.clientY + 14, innerHeight - height - 4))}px`;
  }

  const views = new Map();
  async function draw(chart) {
    const figure = figureOf(chart);
    const box = figure.querySelector('.drawing');
    views.get(chart.name)?.finalize();
    views.delete(chart.name);
    const data = dataFor(chart);
    const isEmpty = data[chart.sets[0]].length === 0;
    figure.querySelector('.nothing').hidden = !isEmpty;
    box.hidden = isEmpty;
    if (figure.querySelector('.numbers').open) showNumbers(chart);
    if (isEmpty) return box.replaceChildren();
    const light = theme.light?.config ?? {};
    const own = { font: getComputedStyle(document.body).fontFamily, mark: { tooltip: { content: 'data' } } };
    const config = vega.mergeConfig({}, light, isDark() ? theme.dark?.config ?? {} : {}, own);
    const specification = recoloured(fitted(chart.specification, box.clientWidth - 40, panelsOf(data[chart.sets[0]])));
    const view = await vegaEmbed(box, { ...specification, datasets: data }, {
      mode: 'vega-lite',
      renderer: 'svg',
      ast: true, // no eval, so that the page's policy can forbid it
      config,
      logLevel: vega.Error,
      actions: { export: true, source: false, compiled: false, editor: false },
      downloadFileName: chart.name,
      tooltip: (handler, event, item, datum) => showTooltip(chart, event, datum),
    });
    views.set(chart.name, view);
  }

  async function drawOrSay(chart) {
    try {
      await draw(chart);
    } catch (error) {
      console.error(`${chart.name}: ${error.message}`);
      figureOf(chart).querySelector('.drawing').replaceChildren(cell('p', `This chart cannot be drawn: ${error.message}`));
    }
  }

  /** Those in sight first. */
  function nearestFirst() {
    const distance = (chart) => {
      const { top, bottom } = figureOf(chart).getBoundingClientRect();
      return top > innerHeight ? top - innerHeight : Math.max(0, -bottom);
    };
    return charts.map((chart) => [distance(chart), chart]).sort((a, b) => a[0] - b[0]).map(([, chart]) => chart);
  }
  const untilNextTask = () => new Promise((resolve) => setTimeout(resolve));

  let asked = 0;
  let isDrawing = false;
  /** Draws all charts anew, one a task, so that the reader never waits; what is asked meanwhile begins it again. */
  async function refresh() {
    showSwatches();
    if (typeof vegaEmbed === 'undefined') return;
    ++asked;
    root.dataset.charts = 'drawing';
    if (isDrawing) return;
    isDrawing = true;
    for (let round = 0; round !== asked; ) {
      round = asked;
      for (const chart of nearestFirst()) {
        await untilNextTask();
        if (round !== asked) break;
        await drawOrSay(chart);
      }
    }
    isDrawing = false;
    root.dataset.charts = 'drawn';
  }

  for (const chart of charts) {
    const numbers = figureOf(chart).querySelector('.numbers');
    numbers.addEventListener('toggle', () => numbers.open && showNumbers(chart));
  }

  // --- size

  const main = document.querySelector('main');
  let widthDrawnFor = main.clientWidth;
  let resizing = 0;
  new ResizeObserver(() => {
    clearTimeout(resizing);
    resizing = setTimeout(() => {
      if (Math.abs(main.clientWidth - widthDrawnFor) < 30) return;
      widthDrawnFor = main.clientWidth;
      refresh();
    }, 200);
  }).observe(main);
  // On a phone the results come first.
  if (matchMedia('(max-width: 70rem)').matches) document.getElementById('tools').open = false;

  showTheme();
  nameRows();
  applyChoices();
  refresh();
})();
