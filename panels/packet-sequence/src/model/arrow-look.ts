/** The tone and shape of a packet's arrow; each suffices to tell packets apart. `draw/palette.ts` turns tones into colours. */
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { isRetransmission } from '@bpfnet/flow-model/packet-columns';

export type Tone = 'plain' | 'payload' | 'muted' | 'attention' | 'warning' | 'danger';
export type ArrowHead = 'filled' | 'open' | 'double' | 'bar' | 'cross';

export interface ArrowLook {
  readonly tone: Tone;
  readonly head: ArrowHead;
  /** Lengths of stroke and gap, px; empty for a whole line. */
  readonly dash: readonly number[];
  readonly widthPx: number;
}

interface Rule {
  readonly applies: (ana: number, flags: number) => boolean;
  readonly look: ArrowLook;
}

const has = (bits: number) => (ana: number) => (ana & bits) !== 0;
const SOLID: readonly number[] = [];
const DASHED = [7, 4] as const;
const DOTTED = [2, 4] as const;
const BROKEN = [14, 5] as const;

/** The first that applies. */
const RULES: readonly Rule[] = [
  {
    applies: (_ana, flags) => (flags & TcpFlag.Rst) !== 0,
    look: { tone: 'danger', head: 'cross', dash: SOLID, widthPx: 2 },
  },
  { applies: isRetransmission, look: { tone: 'attention', head: 'filled', dash: DASHED, widthPx: 2 } },
  {
    applies: has(Analysis.ZeroWindow | Analysis.WindowFull | Analysis.ZeroWindowProbe),
    look: { tone: 'warning', head: 'bar', dash: SOLID, widthPx: 2 },
  },
  { applies: has(Analysis.OutOfOrder), look: { tone: 'warning', head: 'open', dash: DASHED, widthPx: 2 } },
  {
    applies: has(Analysis.PreviousUnseen | Analysis.AckedUnseen),
    look: { tone: 'warning', head: 'open', dash: BROKEN, widthPx: 2 },
  },
  { applies: has(Analysis.DuplicateAck), look: { tone: 'attention', head: 'double', dash: SOLID, widthPx: 1.5 } },
  {
    applies: has(Analysis.KeepAlive | Analysis.KeepAliveAck | Analysis.CapturedTwice),
    look: { tone: 'muted', head: 'open', dash: DOTTED, widthPx: 1.5 },
  },
];

const PAYLOAD: ArrowLook = { tone: 'payload', head: 'filled', dash: SOLID, widthPx: 2.2 };
const PLAIN: ArrowLook = { tone: 'plain', head: 'filled', dash: SOLID, widthPx: 1.5 };
export const LOST: ArrowLook = { tone: 'danger', head: 'cross', dash: DASHED, widthPx: 2 };
export const NOT_SEEN_FURTHER: ArrowLook = { tone: 'muted', head: 'open', dash: DASHED, widthPx: 1.5 };
export const PASSED_UNSEEN: ArrowLook = { tone: 'muted', head: 'filled', dash: DOTTED, widthPx: 1.5 };

export function arrowLook(ana: number, flags: number, len: number): ArrowLook {
  return RULES.find((rule) => rule.applies(ana, flags))?.look ?? (len > 0 ? PAYLOAD : PLAIN);
}
