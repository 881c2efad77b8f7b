// Reports for tests: pages that the built program writes from the fixed result file.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const bin = process.env.THREADMILL_BIN_DIR;
if (!bin) throw new Error('THREADMILL_BIN_DIR is not set; run this by: ./threadmill test -R Browser');

const small = fileURLToPath(new URL('../plots/data/small.jsonl', import.meta.url));

export const hostileName = `<script>alert(1)</script><img src=x onerror=alert(2)>"'\n&{{title}}</title>${'y'.repeat(300)}`;

/** A folder for reports, gone after close(). */
export class Reports {
  folder = mkdtempSync(join(tmpdir(), 'threadmill-browser-'));

  /** The page's path, of result files. */
  page(name, ...files) {
    const out = join(this.folder, name);
    execFileSync(join(bin, 'threadmill'), ['report', ...files, '--format', 'html', '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] });
    return join(out, 'index.html');
  }

  small() {
    return this.page('small', small);
  }

  /** With hostile names for a server, a scenario, its title and its question. */
  hostile() {
    let text = readFileSync(small, 'utf8');
    const names = ['broker', 'chat-50', 'Chat fan-out to 50 subscribers', 'How many messages a second reach 50 subscribers of one topic?'];
    for (const name of names) text = text.replaceAll(JSON.stringify(name), JSON.stringify(hostileName));
    const file = join(this.folder, 'hostile.jsonl');
    writeFileSync(file, text);
    return this.page('hostile', file);
  }

  close() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const urlOf = (path) => pathToFileURL(path).href;
