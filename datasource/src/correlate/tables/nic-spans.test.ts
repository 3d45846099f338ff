import { traffic, TWO_HOSTS } from '../../test/traffic-script';
import { nicSpans } from './nic-spans';

const { l7 } = traffic({ requestId: '00112233445566ff', atMs: 1000, serverMs: 12 }, TWO_HOSTS);

/** Starts after the first, ms. */
function startsMs(shiftNs?: Readonly<Record<string, number>>) {
  const spans = nicSpans(l7, shiftNs);
  return spans.map(({ startNs, placed }) => [Number(startNs - spans[0].startNs) / 1e6, placed]);
}

describe('a request as a trace', () => {
  it('has each NIC inside of the one before it', () => {
    const spans = nicSpans(l7);
    expect(spans.map(({ span }) => span.record.nic_name)).toEqual(['eth0', 'veth1', 'uplink', 'uplink', 'eth0']);
    expect(spans.map(({ parent }) => parent)).toEqual([
      undefined,
      ...spans.slice(0, 4).map(({ span }) => span.record.inner_traceid),
    ]);
    spans.slice(1).forEach(({ startNs, durationMs }, i) => {
      const outer = spans[i];
      expect(startNs).toBeGreaterThanOrEqual(outer.startNs);
      expect(Number(startNs - outer.startNs) / 1e6 + durationMs).toBeLessThanOrEqual(outer.durationMs + 1e-6);
    });
  });

  it('puts another host in the middle where clocks were not compared, and says so', () => {
    expect(startsMs()).toEqual([
      [0, false],
      [0.02, false],
      [0.1, false],
      [0.1 + 0.54, true],
      [0.1 + 0.54 + 0.1, false],
    ]);
  });

  it('puts it where its clock says, once that is known', () => {
    expect(startsMs({ 'node-a': 0, 'node-b': 40e6 })).toEqual([
      [0, false],
      [0.02, false],
      [0.1, false],
      [0.6, false],
      [0.7, false],
    ]);
  });
});
