/** The shortest round trip from a NIC to the other side. */
import { type CapturedFlow } from './captured-connection';

/**
 * The smallest that the records say, else the smallest time from a segment to its ACK in the packets, ms. What was sent while
 * another segment waits for its ACK is not timed.
 *
 * @param sender whose segments are timed: 0 the client's, which gives the round trip from the NIC to the server
 */
export function leastRoundTripMs(flow: CapturedFlow, sender: 0 | 1): number | undefined {
  const { records, fromServer, span, start, ackedTo, tNs, length } = flow;
  const recorded = records.chunks.map(({ tcp_rtt_min }) => tcp_rtt_min).filter((ms) => ms !== undefined);
  // The records time what src sent.
  if (records.clientIsSrc === (sender === 0) && recorded.length > 0) {
    return Math.min(...recorded);
  }
  let open: { readonly end: number; readonly tNs: number } | undefined;
  let least: number | undefined;
  for (let packet = 0; packet < length; packet++) {
    if (fromServer[packet] === sender && span[packet] > 0) {
      open ??= { end: start[packet] + span[packet], tNs: tNs[packet] };
    } else if (open !== undefined && ackedTo[packet] >= open.end) {
      least = Math.min(least ?? Infinity, (tNs[packet] - open.tNs) / 1e6);
      open = undefined;
    }
  }
  return least;
}
