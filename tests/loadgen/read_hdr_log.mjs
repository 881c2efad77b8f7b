// Reads an HdrHistogram log with npm's hdr-histogram-js, which is not ours, and prints what it found in each line:
// node read_hdr_log.mjs FILE -> [{"tag": "service", "start_ms": .., "end_ms": .., "count": .., ...}, ...]

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../plots/package.json', import.meta.url));
const { HistogramLogReader } = require('hdr-histogram-js');

const reader = new HistogramLogReader(readFileSync(process.argv[2], 'utf8'), 64);
const lines = [];
for (let histogram; (histogram = reader.nextIntervalHistogram()) !== null; ) {
  lines.push({
    tag: histogram.tag,
    start_ms: Math.round(histogram.startTimeStampMsec),
    end_ms: Math.round(histogram.endTimeStampMsec),
    count: histogram.totalCount,
    p50: histogram.getValueAtPercentile(50),
    p99: histogram.getValueAtPercentile(99),
    max: histogram.maxValue,
  });
}
console.log(JSON.stringify(lines));
