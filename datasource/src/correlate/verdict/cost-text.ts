/** A cost in one sentence. */
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type NicPlace } from '../../path/packet-ref';
import { lostWhere } from '../losses/fate-text';
import { type Cost } from './verdict';

export function costText(cost: Cost, nics: readonly NicPlace[]): string {
  const time = durationText(cost.ms);
  switch (cost.kind) {
    case 'timeout':
    case 'retransmission': {
      const what = cost.segments === 1 ? '1 segment' : `${cost.segments} segments`;
      const when = cost.kind === 'timeout' ? 'after a timeout' : RETRANSMITTED[cost.trigger];
      return `${what}, ${lostWhere(cost.fate, nics)}, retransmitted ${when}: ${time}.`;
    }
    case 'zero-window':
      return `The ${cost.side}'s receive window was 0 for ${time}.`;
    case 'full-window':
      return `The ${cost.side} waited ${time} because the other side's receive window was full.`;
    case 'slow-start':
      return `The ${cost.side} waited ${time} for ACKs in slow start.`;
    case 'congestion-window':
      return `The ${cost.side} waited ${time} for ACKs with a congestion window reduced by a loss.`;
    case 'sender-paused':
      return `The ${cost.side} sent nothing for ${time} in the middle of the message.`;
    case 'reset':
      return `The ${cost.by} reset the connection after ${durationText(cost.afterMs)}.`;
  }
}

/** A timer that fires sooner than the least retransmission timeout is that of a probe. */
const RETRANSMITTED = { timeout: 'by a loss probe', 'duplicate-acks': 'on duplicate ACKs' } as const;
