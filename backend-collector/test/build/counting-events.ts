/** The events of a parser that is driven by hand: only how many exchanges began and ended. */
import { type ParserEvents } from '../../src/l7/protocol';

export function countingEvents(counts: { began: number; ended: number }): ParserEvents {
  return {
    requestStarts: () => undefined,
    began: () => counts.began++,
    ended: () => counts.ended++,
    endedPooled: () => counts.ended++,
    endedDeferred: () => () => undefined,
    expectsConnection: () => undefined,
    orphanResponse: () => undefined,
    stopped: () => undefined,
    upgradedTo: () => undefined,
  };
}
