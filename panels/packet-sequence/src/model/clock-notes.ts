/** What was done to the times of hosts other than the first, in whole sentences. */
import { durationNsText, elapsedText } from '@bpfnet/flow-model/quantity-text';
import { type Lane } from './lane';

export function clockNotes(lanes: readonly Lane[]): readonly string[] {
  const [reference] = lanes;
  const first = new Map(lanes.map((lane) => [lane.host, lane] as const).reverse());
  return [...first.values()].reverse().flatMap(({ host, clock }) => {
    if (host === reference.host) {
      return [];
    }
    if (clock === undefined) {
      return [`The clock of ${host} could not be compared with ${reference.host}'s; its times are its own.`];
    }
    const { shiftNs, ifSymmetricNs, atMostNs } = clock;
    if (Math.abs(shiftNs) <= ifSymmetricNs) {
      return [];
    }
    const most = atMostNs > ifSymmetricNs ? `, at most ± ${durationNsText(atMostNs)}` : '';
    const doubt = `± ${durationNsText(ifSymmetricNs)}${most}`;
    const direction = shiftNs < 0 ? 'ahead of' : 'behind';
    return [
      `The clock of ${host} is ${elapsedText(Math.abs(shiftNs))} (${doubt}) ${direction} ${reference.host}'s; its packets are drawn moved by that.`,
    ];
  });
}
