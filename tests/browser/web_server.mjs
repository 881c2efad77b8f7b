// A real broker with its web gateway, for tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const bin = process.env.THREADMILL_BIN_DIR;
if (!bin) throw new Error('THREADMILL_BIN_DIR is not set; run this by: ./threadmill test -R Browser');

export class WebServer {
  #child;
  #exited;

  /** Starts it; `port` 0 takes a free one. Resolves when it is ready. */
  static async start(port = 0, more = []) {
    const server = new WebServer();
    const words = ['--model', 'broker', '--service', 'chat', '--port', '0', '--web', String(port), ...more];
    server.#child = spawn(join(bin, 'threadmill-server'), words, { stdio: ['ignore', 'pipe', 'inherit'] });
    server.#exited = once(server.#child, 'exit');
    const lines = createInterface({ input: server.#child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), server.#exited.then(() => ['{}'])]);
    server.port = JSON.parse(line).web_port;
    if (!server.port) throw new Error('threadmill-server did not start');
    server.url = `http://127.0.0.1:${server.port}`;
    return server;
  }

  async stop(signal = 'SIGTERM') {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    await this.#exited;
  }
}
