import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createNdjsonSink } from '../src/output/ndjson-sink';
import { EpochTime } from '../src/record/epoch-time';
import { fieldNames } from '../src/record/line-text';

const N = fieldNames('v', 'chunk_id');

describe('records on standard output', () => {
  it('go out with the turn of the event loop that wrote them: a live capture waits for nobody', async () => {
    const pieces: string[] = [];
    const out = new Writable({
      write(piece: Buffer, _encoding, done) {
        pieces.push(piece.toString());
        done();
      },
    });
    const { inPlace } = createNdjsonSink(out, () => undefined);
    const time = new EpochTime();
    time.set(1_700_000_000, 5);
    for (const id of [1, 2]) {
      inPlace.begin('bpf_net_l4_log', time).number(N.v, 1).number(N.chunk_id, id).close();
      inPlace.end();
    }
    await nextTurn();
    await nextTurn();
    expect(pieces).toEqual([
      '{"source":"bpf_net_l4_log","ts":"1700000000000000005","v":1,"chunk_id":1}\n' +
        '{"source":"bpf_net_l4_log","ts":"1700000000000000005","v":1,"chunk_id":2}\n',
    ]);
  });
});
