import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SseParser } from '../src/sse.js';

const STREAM =
  'retry: 1000\nid: e-0\n\n: a comment\n\nid: e-1\ndata: one\n\nevent: gap\r\ndata: {}\r\n\r\nid: e-2\rdata: two\rdata:  lines\r\rdata: torn';

const EXPECTED = [
  { event: { type: 'message', data: 'one' }, id: 'e-1' },
  { event: { type: 'gap', data: '{}' }, id: 'e-1' },
  { event: { type: 'message', data: 'two\n lines' }, id: 'e-2' },
];

test('reads events, wherever the text is split', () => {
  for (let cut = 0; cut <= STREAM.length; ++cut) {
    const parser = new SseParser();
    assert.deepEqual([...parser.push(STREAM.slice(0, cut)), ...parser.push(STREAM.slice(cut))], EXPECTED, String(cut));
  }
});

test('reads events that come character by character', () => {
  const parser = new SseParser();
  assert.deepEqual([...STREAM].flatMap((character) => parser.push(character)), EXPECTED);
});

test('an id without data is where to resume', () => {
  const parser = new SseParser();
  assert.deepEqual(parser.push('retry: 1000\nid: e-7\n\n'), []);
  assert.equal(parser.lastId, 'e-7');
});
