import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ThreadmillClient, ThreadmillError } from '../src/index.js';
import type { StreamState } from '../src/index.js';
import { Arrivals, startServer } from './server.js';

test('topics are created, listed, shown and deleted', async () => {
  const server = await startServer();
  try {
    const client = new ThreadmillClient(server.url);
    await client.createTopic('a/b c');
    assert.deepEqual(await client.topics(), [{ topic: 'a/b c', subscribers: 0 }]);
    await client.publish('a/b c', 'x');
    assert.equal((await client.topic('a/b c')).history, 1);
    await client.deleteTopic('a/b c');
    await assert.rejects(client.topic('a/b c'), (error: unknown) => error instanceof ThreadmillError && error.status === 404);
  } finally {
    await server.stop();
  }
});

test('what is published arrives in order, at every subscriber, and nothing else', async () => {
  const server = await startServer();
  try {
    const client = new ThreadmillClient(server.url);
    const states = new Arrivals<StreamState>();
    const news = new Arrivals<string>();
    const both = new Arrivals<string>();
    const first = client.subscribe('news', (message) => news.add(message.data), { onState: states.add });
    const second = client.subscribe(['news', 'other'], (message) => both.add(`${message.topic} ${message.data}`), {
      onState: states.add,
    });
    await states.until('open');
    await states.until('open');
    assert.equal((await client.publish('other', 'ä\n"\u{1f600}')).receivers, 1);
    for (let i = 0; i < 100; ++i) assert.equal((await client.publish('news', String(i))).receivers, 2);
    assert.equal(await both.next(), 'other ä\n"\u{1f600}');
    for (let i = 0; i < 100; ++i) {
      assert.equal(await news.next(), String(i));
      assert.equal(await both.next(), `news ${i}`);
    }
    first.close();
    second.close();
    await Promise.all([first.closed, second.closed]);
    assert.equal(first.state, 'closed');
  } finally {
    await server.stop();
  }
});

test('a subscription begins with what was kept, when asked to', async () => {
  const server = await startServer();
  try {
    const client = new ThreadmillClient(server.url);
    const { id } = await client.publish('news', 'one');
    await client.publish('news', 'two');
    const all = new Arrivals<string>();
    const rest = new Arrivals<string>();
    const subscriptions = [
      client.subscribe('news', (message) => all.add(message.data), { after: '0' }),
      client.subscribe('news', (message) => rest.add(message.data), { after: id }),
    ];
    assert.deepEqual([await all.next(), await all.next()], ['one', 'two']);
    assert.equal(await rest.next(), 'two');
    for (const subscription of subscriptions) subscription.close();
  } finally {
    await server.stop();
  }
});

test('a broken connection is resumed without loss or repetition', async () => {
  const server = await startServer();
  try {
    const streams: AbortController[] = [];
    // Each stream can be cut off, as a network would.
    const cuttable = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const cut = new AbortController();
      streams.push(cut);
      const signals = [cut.signal, ...(init?.signal ? [init.signal] : [])];
      return fetch(input, { ...init, signal: AbortSignal.any(signals) });
    };
    const publisher = new ThreadmillClient(server.url);
    const states = new Arrivals<StreamState>();
    const got = new Arrivals<string>();
    let gaps = 0;
    const subscription = new ThreadmillClient(server.url, { fetch: cuttable }).subscribe(
      'news',
      (message) => got.add(message.data),
      { onState: states.add, onGap: () => ++gaps, retryMs: 20 },
    );
    await states.until('open');
    for (let round = 0; round < 5; ++round) {
      await publisher.publish('news', `${round} before`);
      assert.equal(await got.next(), `${round} before`);
      streams.at(-1)?.abort();
      await publisher.publish('news', `${round} meanwhile`);
      await states.until('open');
      assert.equal(await got.next(), `${round} meanwhile`);
    }
    assert.equal(gaps, 0);
    subscription.close();
    await subscription.closed;
  } finally {
    await server.stop();
  }
});

test('a server that comes back is found again, and the gap is told', async () => {
  const first = await startServer();
  const states = new Arrivals<StreamState>();
  const got = new Arrivals<string>();
  const gaps = new Arrivals<string>();
  const client = new ThreadmillClient(first.url);
  const subscription = client.subscribe('news', (message) => got.add(message.data), {
    onState: states.add,
    onGap: gaps.add,
    retryMs: 20,
  });
  await states.until('open');
  await first.stop('SIGKILL');
  const second = await startServer(first.port);
  try {
    await states.until('open');
    await gaps.next();
    await client.publish('news', 'again');
    assert.equal(await got.next(), 'again');
    subscription.close();
  } finally {
    await second.stop();
  }
});

test('a refusal for good ends a subscription with the reason of the server', async () => {
  const server = await startServer();
  try {
    const subscription = new ThreadmillClient(server.url).subscribe('x'.repeat(201), () => undefined);
    await assert.rejects(subscription.closed, /longer than the limit of 200 bytes/);
    assert.equal(subscription.state, 'closed');
  } finally {
    await server.stop();
  }
});

test('silence longer than the heartbeat is taken for a dead connection', async () => {
  const server = await startServer(0, ['--web-heartbeat', '0.02']);
  const quiet = await startServer(0, ['--web-heartbeat', '3600']);
  try {
    const alive = new Arrivals<StreamState>();
    const dead = new Arrivals<StreamState>();
    const options = { silenceMs: 1000, retryMs: 20 };
    const one = new ThreadmillClient(server.url).subscribe('t', () => undefined, { ...options, onState: alive.add });
    const two = new ThreadmillClient(quiet.url).subscribe('t', () => undefined, { ...options, onState: dead.add });
    await alive.until('open');
    await dead.until('open');
    assert.equal(await dead.next(), 'connecting');
    assert.equal(one.state, 'open');
    one.close();
    two.close();
  } finally {
    await server.stop();
    await quiet.stop();
  }
});
