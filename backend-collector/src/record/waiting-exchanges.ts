/**
 * Exchanges that are complete and are written together: the code that reads packets and the code that writes records do not fit into the
 * processor's first cache at once, and each runs faster where it runs for many in a row.
 *
 * Invariant: a flow that is here has `spansWait` set, and no flow leaves its table meanwhile; an exchange that is here is touched by nobody.
 */
import { type Flow } from '../flow/flow';
import { type Exchange } from '../l7/exchange';

const AT_ONCE = 64;
/** Exchanges that a pool keeps. */
const MAX_POOLED = 1024;

export class WaitingExchanges {
  count = 0;
  readonly flows: Flow[] = [];
  readonly exchanges: Exchange[] = [];

  /** True once they are many. */
  add(flow: Flow, exchange: Exchange): boolean {
    flow.exchangesWait = true;
    this.flows[this.count] = flow;
    this.exchanges[this.count] = exchange;
    return ++this.count === AT_ONCE;
  }

  /** They are written: the exchanges go back to where they came from. */
  clear(): void {
    const { flows, exchanges, count } = this;
    for (let i = 0; i < count; i++) {
      flows[i].exchangesWait = false;
      const { pool } = exchanges[i];
      if (pool !== undefined && pool.length < MAX_POOLED) {
        pool.push(exchanges[i]);
      }
    }
    this.count = 0;
  }
}
