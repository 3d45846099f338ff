/** The JSON body of Loki's push API (`POST /loki/api/v1/push`), compressed with gzip level 1. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Batch } from './batcher';

const compress = promisify(gzip);

function pushJson(batch: Batch): string {
  const streams = batch.streams.map(({ labels, entries }) => {
    const values = entries.map(({ tsNs, line }) => `["${tsNs}",${JSON.stringify(line)}]`);
    return `{"stream":${JSON.stringify(labels)},"values":[${values.join(',')}]}`;
  });
  return `{"streams":[${streams.join(',')}]}`;
}

export function pushBody(batch: Batch): Promise<Buffer> {
  return compress(pushJson(batch), { level: 1 });
}
