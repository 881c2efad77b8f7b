// A server in Node.js: --service chat or web, alone or --through a backend. Prints {"port": N} when it is ready.
import { parseArgs } from 'node:util';
import { startBackend } from './backend.mjs';
import { Distributor } from './distributor.mjs';
import { Monolith } from './monolith.mjs';

const SERVICES = { chat: './chat.mjs', web: './web.mjs' };

const { values: options } = parseArgs({
  options: {
    service: { type: 'string' },
    address: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    through: { type: 'string' }, // "redis-server", or the path of a threadmill-server
  },
});

let backend;
let isEnding = false;

// Ends the backend first, so that nothing outlives this process.
function end(code) {
  if (isEnding) return;
  isEnding = true;
  if (!backend || backend.exitCode !== null || backend.signalCode !== null) process.exit(code);
  backend.once('exit', () => process.exit(code));
  backend.kill('SIGTERM');
}

function fail(error) {
  if (!isEnding) process.stderr.write(`${error.message}\n`);
  end(1);
}

function keep(child) {
  backend = child;
  child.once('error', fail); // there is no such program
  child.once('exit', () => fail(new Error('the backend has ended')));
}

async function distribution(encode) {
  if (!options.through) return new Monolith(encode);
  const port = await startBackend(options.through, keep);
  const distributor = new Distributor(encode);
  await distributor.connect(port, fail);
  return distributor;
}

async function main() {
  if (!(options.service in SERVICES)) throw new Error(`--service: ${Object.keys(SERVICES).join(' or ')}`);
  const { encode, serve } = await import(SERVICES[options.service]);
  const port = await serve(options.address, Number(options.port), await distribution(encode));
  process.stdout.write(`${JSON.stringify({ port })}\n`);
}

process.on('SIGTERM', () => end(0));
process.on('uncaughtException', fail);
main().catch(fail);
