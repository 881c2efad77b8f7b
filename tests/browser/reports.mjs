// Reports for tests: pages that the built program writes from fixed and staged result files.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const bin = process.env.THREADMILL_BIN_DIR;
if (!bin) throw new Error('THREADMILL_BIN_DIR is not set; run this by: ./threadmill test -R Browser');

const small = fileURLToPath(new URL('../plots/data/small.jsonl', import.meta.url));

export const hostileName = `<script>alert(1)</script><img src=x onerror=alert(2)>"'\n&{{title}}</title>${'y'.repeat(300)}`;

/** With hostile names for a server, a scenario, its title and its question. */
function hostileText() {
  let text = readFileSync(small, 'utf8');
  const names = ['broker', 'chat-50', 'Chat fan-out to 50 subscribers', 'How many messages a second reach 50 subscribers of one topic?'];
  for (const name of names) text = text.replaceAll(JSON.stringify(name), JSON.stringify(hostileName));
  return text;
}

/** A result file as the run of that day would have left it. */
function runOfDay(text, day) {
  const records = text.trim().split('\n').map((line) => JSON.parse(line));
  for (const record of records) {
    if (record.record === 'header') {
      record.created = `2026-11-${String(day).padStart(2, '0')}T03:00:00Z`;
      if (day > 20) record.environment.cpu_model = 'Another CPU';
    }
    const window = record.record === 'trial' && record.load?.window;
    if (window && day > 12) window.end_ns = window.start_ns + Math.round(1.25 * (window.end_ns - window.start_ns));
  }
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** A folder for reports, gone after close(). */
export class Reports {
  folder = mkdtempSync(join(tmpdir(), 'threadmill-browser-'));

  /** The page's path, of result files or of a folder of them. */
  page(name, ...files) {
    const out = join(this.folder, name);
    execFileSync(join(bin, 'threadmill'), ['report', ...files, '--format', 'html', '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] });
    return join(out, 'index.html');
  }

  small() {
    return this.page('small', small);
  }

  /** The same run twice. */
  two() {
    const other = join(this.folder, 'other.jsonl');
    copyFileSync(small, other);
    return this.page('two', small, other);
  }

  /** Pages that between them have every chart and section, by name: benchmarks/staged_results.cpp. */
  staged() {
    execFileSync(join(bin, 'staged-results'), [this.folder], { stdio: 'inherit' });
    const file = (name) => join(this.folder, `${name}.jsonl`);
    return {
      suite: this.page('suite', file('suite')),
      study: this.page('study', file('study')),
      'two runs': this.page('two-runs', file('suite'), file('again')),
    };
  }

  /** With hostile names for a server, a scenario, its title and its question. */
  hostile() {
    const file = join(this.folder, 'hostile.jsonl');
    writeFileSync(file, hostileText());
    return this.page('hostile', file);
  }

  /**
   * Of twenty runs, from the thirteenth on a fifth slower, and two more on another machine; and of a file that cannot be read.
   * `text`: the result file that they are made of.
   */
  history(name = 'history', text = readFileSync(small, 'utf8')) {
    const folder = join(this.folder, `${name}-runs`);
    mkdirSync(folder);
    for (let run = 1; run <= 22; ++run) writeFileSync(join(folder, `run-${run}.jsonl`), runOfDay(text, run));
    writeFileSync(join(folder, 'torn.jsonl'), '{\n');
    return this.page(name, folder);
  }

  hostileHistory() {
    const text = hostileText().replaceAll('"0123abc"', JSON.stringify(hostileName));
    return this.history('hostile-history', text.replaceAll('"Example CPU @ 3.00GHz"', JSON.stringify(hostileName)));
  }

  close() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const urlOf = (path) => pathToFileURL(path).href;
