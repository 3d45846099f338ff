import { type ExchangeLoss } from '../losses/exchange-losses';
import { type NicPlace } from '../../path/packet-ref';
import { unplacedLosses } from './unplaced-losses';

const nics = ['pod', 'uplink', 'far', 'server'].map((flow, order): NicPlace => ({
  flowId: flow,
  host: order < 2 ? 'node-a' : 'node-b',
  nicName: flow,
  podName: flow === 'pod' ? 'cart' : '',
  order,
}));
const PATH = nics.map(({ flowId }) => flowId);

const sentencesOf = (...exchangeLosses: readonly ExchangeLoss[]) => unplacedLosses(PATH, { exchangeLosses, nics });

test('a loss with a NIC between that was not watching is said in words, in the direction of travel', () => {
  expect(sentencesOf({ part: 'response', from: 'far', to: 'pod', segments: 1, retransmittedAfterMs: 11.4 })).toEqual([
    '1 segment of the response was lost somewhere between far on node-b and pod of cart, and retransmitted after 11.4 ms.',
  ]);
  expect(sentencesOf({ part: 'request', from: 'pod', to: 'server', segments: 3, retransmittedAfterMs: null })).toEqual([
    '3 segments of the request were lost somewhere between pod of cart and server on node-b, and not retransmitted.',
  ]);
});

test('what an edge shows is not said twice', () => {
  expect(sentencesOf({ part: 'request', from: 'uplink', to: 'far', segments: 1, retransmittedAfterMs: 200 })).toEqual(
    []
  );
  expect(sentencesOf({ part: 'response', from: 'far', to: 'uplink', segments: 1, retransmittedAfterMs: 200 })).toEqual(
    []
  );
});
