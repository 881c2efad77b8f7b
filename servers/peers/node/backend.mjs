// Starts the server that a Distributor goes through: a child, so that what it costs is part of what is measured.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_LIMIT_MS = 10_000;

// Another program may take it before the backend does; then the backend ends and says so.
function freePort() {
  return new Promise((resolve, reject) => {
    const listener = net.createServer().once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

async function startRedis(keep) {
  const port = await freePort();
  keep(spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no',
    '--protected-mode', 'no'], { stdio: ['ignore', 'ignore', 'inherit'] }));
  for (let waited = 0; !await accepts(port); waited += 10) {
    if (waited >= READY_LIMIT_MS) throw new Error(`redis-server accepts no connection on port ${port}`);
    await sleep(10);
  }
  return port;
}

// As the model broker; it prints its port.
async function startBroker(program, keep) {
  const child = spawn(program, ['--model', 'broker', '--service', 'chat', '--address', '127.0.0.1', '--port', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  keep(child);
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line).port;
  throw new Error(`${program} ended before it was ready`);
}

// `through` is "redis-server", or the path of a threadmill-server. Hands the child to `keep` and resolves to its port.
export function startBackend(through, keep) {
  return through === 'redis-server' ? startRedis(keep) : startBroker(through, keep);
}
