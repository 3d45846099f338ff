/** What puts each host's times on the clock of the first host of the path: the offsets from host to host added up, and their error bounds. */
import { type FlowClock } from '@bpfnet/flow-model';
import { type ClockOffset } from './clock-offset';
import { type NicPlace } from '../../path/packet-ref';

const OWN_CLOCK: FlowClock = { shiftNs: 0, ifSymmetricNs: 0, atMostNs: 0 };

/**
 * By host; one whose clock is unknown is absent.
 * @param clocks of hosts that follow each other on the path
 */
export function flowClocks(nics: readonly NicPlace[], clocks: readonly ClockOffset[]): ReadonlyMap<string, FlowClock> {
  const known = new Map<string, FlowClock>(nics.slice(0, 1).map(({ host }) => [host, OWN_CLOCK]));
  for (const { host } of nics) {
    for (const clock of clocks) {
      const before = known.get(clock.from);
      if (clock.kind === 'estimated' && clock.to === host && before !== undefined && !known.has(host)) {
        known.set(host, {
          shiftNs: before.shiftNs - clock.aheadMs * 1e6,
          ifSymmetricNs: before.ifSymmetricNs + clock.ifSymmetricMs * 1e6,
          atMostNs: before.atMostNs + clock.atMostMs * 1e6,
        });
      }
    }
  }
  return known;
}
