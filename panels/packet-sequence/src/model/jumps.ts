/** Places in a connection that readers look for. */
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { isRetransmission } from '@bpfnet/flow-model/packet-columns';
import { type Ladder } from './ladder';
import { notableFlags } from './packet-text';
import { NO_TAG } from './packets';

export type Jump = 'retransmission' | 'gap' | 'request' | 'response' | 'zero-window' | 'reset' | 'notable';

export const JUMPS: ReadonlyArray<{ readonly jump: Jump; readonly label: string }> = [
  { jump: 'retransmission', label: 'First retransmission' },
  { jump: 'gap', label: 'Largest gap' },
  { jump: 'request', label: 'Next request' },
  { jump: 'response', label: 'Next response' },
  { jump: 'notable', label: 'Next analysis flag' },
  { jump: 'zero-window', label: 'First zero window' },
  { jump: 'reset', label: 'First reset' },
];

/** The row to go to; `Next …` searches on from `row` and wraps around. Undefined if there is none. */
export function jumpRow(ladder: Ladder, jump: Jump, row: number): number | undefined {
  const { packets, rows } = ladder;
  switch (jump) {
    case 'gap':
      return largestGap(rows.tNs);
    case 'retransmission':
      return firstFrom(0, (at) => isRetransmission(rows.ana[at]));
    case 'zero-window':
      return firstFrom(0, (at) => (rows.ana[at] & Analysis.ZeroWindow) !== 0);
    case 'reset':
      return firstFrom(0, (at) => (packets.flags[rows.packet[at]] & TcpFlag.Rst) !== 0);
    case 'notable':
      return firstFrom(row + 1, (at) => notableFlags(rows.ana[at]) !== 0);
    case 'request':
    case 'response':
      return firstFrom(row + 1, (at) => {
        const tag = packets.tag[rows.packet[at]];
        return tag !== NO_TAG && packets.tags[tag].kind === jump;
      });
  }

  function firstFrom(from: number, accept: (row: number) => boolean): number | undefined {
    for (let i = 0; i < rows.length; i++) {
      const at = (from + i) % rows.length;
      if (accept(at)) {
        return at;
      }
    }
    return undefined;
  }
}

function largestGap(tNs: Float64Array): number | undefined {
  let best: number | undefined;
  for (let row = 1; row < tNs.length; row++) {
    if (best === undefined || tNs[row] - tNs[row - 1] > tNs[best] - tNs[best - 1]) {
      best = row;
    }
  }
  return best;
}
