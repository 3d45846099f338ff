import { type Caveat } from './caveats';
import { caveatTexts } from './caveat-text';
import { type NicPlace } from '../../path/packet-ref';

const NICS: readonly NicPlace[] = Array.from({ length: 10 }, (_, order) => ({
  flowId: `flow${order}`,
  host: 'node-a',
  nicName: `veth${order}`,
  podName: '',
  order,
}));

function at(count: number, of: (flowId: string, order: number) => Caveat): readonly string[] {
  return caveatTexts(
    NICS.slice(0, count).map(({ flowId, order }) => of(flowId, order)),
    NICS
  ).map(({ text }) => text);
}

it('says once what holds for many NICs', () => {
  const truncated = (flowId: string, order: number): Caveat => ({ kind: 'truncated', flowId, packets: 440 + order });
  const rest = 'were truncated by the capture: requests and responses in them may be parsed only in part.';
  expect(at(1, truncated)).toEqual([`440 packets at veth0 on node-a ${rest}`]);
  expect(at(2, truncated)).toEqual([`440 to 441 packets each at veth0 on node-a and veth1 on node-a ${rest}`]);
  expect(at(5, truncated)).toEqual([
    `440 to 444 packets each at 5 of 10 NICs (veth0 on node-a, veth1 on node-a, …) ${rest}`,
  ]);
  expect(at(10, truncated)).toEqual([`440 to 449 packets each at all 10 NICs ${rest}`]);
});

it('keeps apart what differs', () => {
  const oneDirection = (flowId: string, order: number): Caveat => ({
    kind: 'one-direction',
    flowId,
    seen: order === 0 ? 'client' : 'server',
  });
  expect(at(3, oneDirection)).toEqual([
    'Only client-to-server traffic was captured at veth0 on node-a (asymmetric routing?).',
    'Only server-to-client traffic was captured at veth1 on node-a and veth2 on node-a (asymmetric routing?).',
  ]);
  const clocks = (flowId: string): Caveat => ({ kind: 'clocks', from: 'a', to: flowId, why: 'one-way-only' });
  expect(at(2, clocks)).toHaveLength(2);
  expect(at(2, (flowId, order) => ({ kind: 'packets-not-read', flowId, recorded: 10, read: order }))).toEqual([
    '0 to 1 of 10 packets each at veth0 on node-a and veth1 on node-a were read.',
  ]);
  expect(at(1, (flowId) => ({ kind: 'captured-twice', flowId, packets: 1 }))[0]).toMatch(
    /^1 packet at veth0 on node-a was captured twice /
  );
});
