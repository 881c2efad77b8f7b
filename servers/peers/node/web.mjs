// Publish/subscribe for the web: POST /topics/{topic}/messages publishes {"data": TEXT}, GET /events?topic=a&topic=b
// receives {"topic": TOPIC, "data": TEXT} as Server-Sent Events.
import http from 'node:http';
import { BACKLOG, MOST_QUEUED_BYTES, MOST_REQUEST_BYTES, MOST_STREAM_TOPICS, MOST_WEB_TOPIC_BYTES } from './limits.mjs';

export function encode(topic, payload) {
  return Buffer.from(`data: ${JSON.stringify({ topic, data: payload.toString() })}\n\n`);
}

// A member of topics that receives events. Who does not read in time is left, so that what waits is bounded.
class Listener {
  constructor(response) { this.response = response; }

  // The response has begun: that confirms the subscription.
  open() {
    if (this.response.headersSent) return;
    this.response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    this.response.flushHeaders();
  }

  write(bytes) {
    this.open(); // one of its topics may have messages before the last is confirmed
    if (this.response.writableLength > MOST_QUEUED_BYTES) this.response.destroy();
    else this.response.write(bytes);
  }
}

function answer(response, status, content) {
  const body = JSON.stringify(content);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

// The text of {"data": TEXT}; undefined where the body is something else.
function textIn(body) {
  try {
    const { data } = JSON.parse(body);
    return typeof data === 'string' ? data : undefined;
  } catch {
    return undefined;
  }
}

// Calls `done` with the whole body; answers by itself where that is too long.
function readBody(request, response, done) {
  const parts = [];
  let length = 0;
  request.on('data', (part) => {
    length += part.length;
    if (length <= MOST_REQUEST_BYTES) parts.push(part);
  });
  request.on('end', () => {
    if (length <= MOST_REQUEST_BYTES) done(Buffer.concat(parts).toString());
    else answer(response, 413, { error: `body longer than the limit of ${MOST_REQUEST_BYTES} bytes` });
  });
}

const isLong = (topic) => Buffer.byteLength(topic) > MOST_WEB_TOPIC_BYTES;

function publish(request, response, topic, distribution) {
  readBody(request, response, (body) => {
    const text = textIn(body);
    if (text === undefined) answer(response, 400, { error: 'the body has to be {"data": TEXT}' });
    else distribution.publish(topic, Buffer.from(text), (receivers) => answer(response, 200, { receivers }));
  });
}

function subscribe(response, topics, distribution) {
  if (topics.length === 0 || topics.length > MOST_STREAM_TOPICS || topics.some(isLong)) {
    answer(response, 400, { error: `topic: name 1 to ${MOST_STREAM_TOPICS} of them, of at most ${MOST_WEB_TOPIC_BYTES} bytes` });
    return;
  }
  const listener = new Listener(response);
  response.on('error', () => {}); // the client left without a word; 'close' follows
  response.on('close', () => { for (const topic of topics) distribution.leave(topic, listener); });
  let waiting = topics.length;
  const confirmed = () => {
    if (--waiting === 0) listener.open();
  };
  for (const topic of topics) distribution.join(topic, listener, confirmed);
}

function respond(request, response, distribution) {
  const url = new URL(request.url, 'http://localhost');
  const topic = decodeURIComponent(/^\/topics\/([^/]+)\/messages$/.exec(url.pathname)?.[1] ?? '');
  if (topic && !isLong(topic) && request.method === 'POST') {
    publish(request, response, topic, distribution);
  } else if (url.pathname === '/events' && request.method === 'GET') {
    subscribe(response, [...new Set(url.searchParams.getAll('topic'))], distribution);
  } else {
    answer(response, 404, { error: 'there is POST /topics/{topic}/messages and GET /events?topic=' });
  }
}

// Listens and resolves to the port.
export function serve(address, port, distribution) {
  return new Promise((resolve, reject) => {
    const server = http.createServer({ noDelay: true, requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
      try {
        respond(request, response, distribution);
      } catch (wrong) {
        answer(response, 400, { error: wrong.message }); // no URL, or no UTF-8 in it
      }
    });
    server.once('error', reject);
    server.listen({ host: address, port, backlog: BACKLOG }, () => resolve(server.address().port));
  });
}
