// What `npm pack` makes is what a user installs: into an empty folder, offline, and imported from there.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

test('the packed package can be installed and imported, and has its licence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'threadmill-package-'));
  try {
    const npm = (cwd: string, ...words: string[]) => execFileSync('npm', words, { cwd, encoding: 'utf8' });
    // Built already; building again would take the files from under the other tests.
    const packed = npm('.', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder).trim();
    writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
    npm(folder, 'install', '--offline', '--no-audit', '--no-fund', '--silent', `./${packed}`);
    const installed = join(folder, 'node_modules', 'threadmill-client');
    assert.equal(readFileSync(join(installed, 'LICENSE'), 'utf8'), readFileSync('../../LICENSE', 'utf8'));
    const script = "import { ThreadmillClient } from 'threadmill-client'; console.log(typeof ThreadmillClient);";
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
    assert.equal(said.trim(), 'function');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
