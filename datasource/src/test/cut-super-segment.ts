import { Analysis } from '@bpfnet/flow-model';
import { type WireScript } from './wire-script';

/** The client hands over four segments at once. NICs after the first see them one by one; the second is lost after the second NIC, and retransmitted. */
export function sendCutSuperSegment(script: WireScript, mss: number): void {
  script.client({ atMs: 10, len: 4 * mss, missedAt: [1, 2, 3] });
  for (let i = 0; i < 4; i++) {
    script.client({
      atMs: 10.01,
      len: mss,
      from: 1 + i * mss,
      missedAt: [0],
      lostAfter: i === 1 ? 1 : undefined,
      ana: 0,
    });
  }
  script.client({ atMs: 40, len: mss, from: 1 + mss, ana: Analysis.FastRetransmission });
}
