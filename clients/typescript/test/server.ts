import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A real broker with its gateway. `port` 0 takes a free one. */
export async function startServer(port = 0, more: readonly string[] = []): Promise<RunningServer> {
  const folder = process.env['THREADMILL_BIN_DIR'];
  if (!folder) throw new Error('THREADMILL_BIN_DIR is not set; it is the folder of threadmill-server, as build/ci/bin');
  const words = ['--model', 'broker', '--service', 'chat', '--port', '0', '--web', String(port), ...more];
  const child: ChildProcess = spawn(join(folder, 'threadmill-server'), words, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('no output of the server');
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), exited.then(() => ['{}'])])) as [string];
  const webPort = (JSON.parse(line) as { web_port?: number }).web_port;
  if (webPort === undefined) throw new Error('the server did not start');
  return {
    url: `http://127.0.0.1:${webPort}`,
    port: webPort,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}

/** Values that arrive later, in order. */
export class Arrivals<Value> {
  readonly #values: Value[] = [];
  #wake: (() => void) | undefined;

  readonly add = (value: Value): void => {
    this.#values.push(value);
    this.#wake?.();
  };

  async next(): Promise<Value> {
    while (this.#values.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('nothing arrived within 20 s')), 20_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#values.shift() as Value;
  }

  async until(wanted: Value): Promise<void> {
    while ((await this.next()) !== wanted);
  }
}
