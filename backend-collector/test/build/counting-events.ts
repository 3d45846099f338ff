/** The events of a parser that is driven by hand: only how many exchanges began and ended. */
import { type ParserEvents } from '../../src/l7/protocol';

export function countingEvents(counts: { began: number; ended: number }): ParserEvents {
  return {
    requestStarts: () => undefined,
    began: () => counts.began++,
    ended: () => counts.ended++,
    handedOver: () => counts.ended++,
    completed: () => () => undefined,
    announced: () => undefined,
    orphanResponse: () => undefined,
    left: () => undefined,
    succeededBy: () => undefined,
  };
}
