import fc from 'fast-check';
import { Analysis, TcpFlag } from '@bpfnet/flow-model';
import { sendCutSuperSegment } from '../../test/cut-super-segment';
import { FOUR_NICS, WireScript } from '../../test/wire-script';
import { caveatTexts } from '../caveats/caveat-text';
import { type ConnectionStory, connectionStory } from '../connection-story';
import { lostWhere } from './fate-text';
import { placeText } from '../../path/packet-ref';

const MSS = 1400;

function story(script: WireScript): ConnectionStory {
  return connectionStory({ flows: script.flows() });
}

/** `uplink on node-a → uplink on node-b: 1 of 4 client packets lost` for each hop that lost or may have lost something. */
function lossLines({ losses, nics }: ConnectionStory): readonly string[] {
  const name = (flowId: string) => placeText(nics.find((nic) => nic.flowId === flowId)!);
  return losses
    .filter(({ lost, notKnown }) => lost + notKnown > 0)
    .map(
      ({ from, to, sender, sent, lost, bytesLost, notKnown }) =>
        `${name(from)} → ${name(to)}: ${lost} of ${sent} ${sender} packets lost, ${bytesLost} B${notKnown > 0 ? `, ${notKnown} unknown` : ''}`
    );
}

const fates = ({ retransmissions, nics }: ConnectionStory): readonly string[] =>
  retransmissions.map(({ sender, what, fateOfBefore }) => `${sender} ${what}: ${lostWhere(fateOfBefore, nics)}`);

describe('where segments were lost', () => {
  it('names each hop, in both directions, and why each retransmission was sent', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    script.client({ atMs: 10, len: 100, lostAfter: 0 });
    script.client({ atMs: 210, len: 100, from: 1, lostAfter: 1 });
    script.client({ atMs: 610, len: 100, from: 1 });
    script.server({ atMs: 620, len: MSS, lostAfter: 3 });
    script.server({ atMs: 840, len: MSS, from: 1 });
    script.client({ atMs: 842 });
    const found = story(script);
    expect(lossLines(found)).toEqual([
      'eth0 of cart → uplink on node-a: 1 of 6 client packets lost, 100 B',
      'uplink on node-a → uplink on node-b: 1 of 5 client packets lost, 100 B',
      'eth0 of orders → uplink on node-b: 1 of 3 server packets lost, 1400 B',
    ]);
    expect(fates(found)).toEqual([
      'client data: lost between eth0 of cart and uplink on node-a',
      'client data: lost between uplink on node-a and uplink on node-b',
      'server data: lost between eth0 of orders and uplink on node-b',
    ]);
    expect(found.retransmissions[0]).toMatchObject({ length: 100, waitedMs: 200, trigger: 'timeout' });
  });

  it("separates a request's own losses from those of its connection", () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    const other = [
      script.client({ atMs: 10, len: 100, lostAfter: 1 }),
      script.client({ atMs: 210, len: 100, from: 1 }),
    ];
    const otherAnswer = [script.server({ atMs: 220, len: MSS })];
    const request = [script.client({ atMs: 300, len: 120 })];
    const response = [
      script.server({ atMs: 310, len: MSS, lostAfter: 2 }),
      script.server({ atMs: 310.1, len: MSS, lostAfter: 2 }),
      script.server({ atMs: 646, len: MSS, from: 1 + MSS }),
      script.server({ atMs: 647, len: MSS, from: 1 + 2 * MSS }),
    ];
    script.client({ atMs: 650 });
    script.exchange({ requestId: 'earlier', request: other, response: otherAnswer });
    script.exchange({ requestId: 'asked', request, response });
    const found = connectionStory({ flows: script.flows(), requestId: 'asked' });
    expect(found.losses.reduce((sum, { lost }) => sum + lost, 0)).toBe(3);
    expect(found.exchangeLosses).toEqual([
      {
        part: 'response',
        from: found.nics[2].flowId,
        to: found.nics[1].flowId,
        segments: 2,
        retransmittedAfterMs: expect.closeTo(336.9, 3),
      },
    ]);
  });

  it('cuts super-segments into the ranges of which one was lost', () => {
    // node-a's pod hands over 4 segments at once; the uplinks see them one by one, and the second is lost between the hosts.
    const [pod, uplinkA, uplinkB, server] = FOUR_NICS;
    const script = new WireScript([pod, uplinkA, uplinkB, server]);
    script.handshake(0);
    sendCutSuperSegment(script, MSS);
    script.server({ atMs: 41.5 });
    const found = story(script);
    expect(lossLines(found)).toEqual(['uplink on node-a → uplink on node-b: 1 of 7 client packets lost, 1400 B']);
    expect(fates(found)).toEqual(['client data: lost between uplink on node-a and uplink on node-b']);
  });

  it('calls a retransmission spurious whose original arrived', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    script.client({ atMs: 10, len: 100 });
    script.server({ atMs: 11, lostAfter: 2 });
    script.client({ atMs: 210, len: 100, from: 1, ana: Analysis.SpuriousRetransmission });
    script.server({ atMs: 211.1 });
    const found = story(script);
    expect(fates(found)).toEqual(['client data: not lost']);
    expect(lossLines(found)).toEqual(['uplink on node-b → uplink on node-a: 1 of 3 server packets lost, 0 B']);
  });

  it('says that it was lost before or beyond what was captured', () => {
    const script = new WireScript([FOUR_NICS[1]]);
    script.handshake(0);
    script.client({ atMs: 10, len: 100, lostAfter: -1, missedAt: [0] });
    script.client({ atMs: 10.1, len: 100 });
    script.client({ atMs: 40, len: 100, from: 1, ana: Analysis.Retransmission });
    script.server({ atMs: 45, len: 50 });
    script.server({ atMs: 300, len: 50, from: 1 });
    script.client({ atMs: 301 });
    expect(fates(story(script))).toEqual([
      'client data: lost before uplink on node-a',
      'server data: lost beyond uplink on node-a',
    ]);
  });

  it('finds lost SYNs', () => {
    const script = new WireScript(FOUR_NICS);
    script.client({ atMs: 0, flags: TcpFlag.Syn });
    script.server({ atMs: 1, flags: TcpFlag.Syn | TcpFlag.Ack, lostAfter: 2 });
    script.client({ atMs: 1000, flags: TcpFlag.Syn, from: 0 });
    script.server({ atMs: 1001, flags: TcpFlag.Syn | TcpFlag.Ack, from: 0 });
    script.client({ atMs: 1002.2 });
    expect(fates(story(script))).toEqual([
      'client syn: not lost',
      'server syn: lost between uplink on node-b and uplink on node-a',
    ]);
  });

  it('takes the copy whose way was as long as usual for the one that arrived', () => {
    // Sent again while the first is still under way, which takes 300 ms; the second is lost.
    const slow = FOUR_NICS.map((nic, i) => (i < 2 ? nic : { ...nic, thereMs: nic.thereMs + 300 }));
    const script = new WireScript(slow);
    script.handshake(0);
    script.client({ atMs: 400, len: 50 });
    script.client({ atMs: 1000, len: 100 });
    script.client({ atMs: 1200, len: 100, from: 51, lostAfter: 1 });
    script.server({ atMs: 1302 });
    const found = story(script);
    expect(fates(found)).toEqual(['client data: not lost']);
    const [loss] = found.losses.filter(({ lost }) => lost > 0);
    expect(loss.packets.map(({ tsNs }) => tsNs.slice(-10))).toEqual(['1200100000'].map((text) => text.slice(-10)));
  });
});

describe('any losses', () => {
  const attempts = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 });
  const message = fc.record({ byServer: fc.boolean(), len: fc.integer({ min: 1, max: 3000 }), attempts });

  it('are laid to the hops that lost them, whatever the clocks show', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 12 }),
        fc.double({ min: -5000, max: 5000, noNaN: true }),
        (messages, clockAheadMs) => {
          const script = new WireScript(FOUR_NICS.map((nic, i) => (i < 2 ? nic : { ...nic, clockAheadMs })));
          let atMs = script.handshake(0) + 1;
          const next = [1, 1];
          const truth = new Map<string, number>();
          for (const { byServer, len, attempts: lostAfter } of messages) {
            const from = next[byServer ? 1 : 0];
            const send = (after: number | undefined, again: boolean) =>
              byServer
                ? script.server({ atMs, len, ...(again && { from }), lostAfter: after })
                : script.client({ atMs, len, ...(again && { from }), lostAfter: after });
            lostAfter.forEach((hop, i) => {
              // Of the hop between NICs `hop` and `hop + 1`, what the server sends is lost after the farther one.
              send(byServer ? hop + 1 : hop, i > 0);
              const key = byServer ? `${hop + 1}>${hop}` : `${hop}>${hop + 1}`;
              truth.set(key, (truth.get(key) ?? 0) + 1);
              atMs += 200 * 2 ** i;
            });
            send(undefined, lostAfter.length > 0);
            next[byServer ? 1 : 0] += len;
            atMs += 5;
          }
          const found = story(script);
          const order = (flowId: string) => found.nics.find((nic) => nic.flowId === flowId)!.order;
          const lossesFound = found.losses
            .filter(({ lost }) => lost > 0)
            .map(({ from, to, lost }): [string, number] => [`${order(from)}>${order(to)}`, lost]);
          expect(new Map(lossesFound)).toEqual(truth);
          expect(found.retransmissions.every(({ fateOfBefore }) => fateOfBefore.kind === 'lost')).toBe(true);
        }
      ),
      { numRuns: 200 }
    );
  });
});

describe('losses of the capture itself', () => {
  const missing = (nics = FOUR_NICS): WireScript => {
    const script = new WireScript(nics);
    script.handshake(0);
    script.client({ atMs: 10, len: 100, lostAfter: 1 });
    script.client({ atMs: 210, len: 100, from: 1 });
    script.server({ atMs: 211.1 });
    return script;
  };

  it('are not counted as lost on the hop, and are reported', () => {
    const found = story(missing(FOUR_NICS.map((nic, i) => (i >= 2 ? { ...nic, captureDrops: 3 } : nic))));
    expect(lossLines(found)).toEqual([
      'uplink on node-a → uplink on node-b: 0 of 3 client packets lost, 0 B, 1 unknown',
    ]);
    expect(fates(found)).toEqual([
      'client data: lost at an unknown place (the capture at uplink on node-b dropped packets)',
    ]);
    expect(found.caveats.map(({ kind }) => kind)).toEqual(['capture-dropped', 'capture-dropped']);
    expect(caveatTexts(found.caveats, found.nics)).toEqual([
      {
        kind: 'capture-dropped',
        text: 'The capture dropped 3 packets each at uplink on node-b and eth0 of orders: packets missing there may have been on the wire and are not counted as lost.',
      },
    ]);
  });

  it('are seen where a packet is missing at a NIC that it must have passed', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    script.client({ atMs: 10, len: 100, missedAt: [2] });
    script.client({ atMs: 10.2, len: 100, lostAfter: 1 });
    script.client({ atMs: 210, len: 100, from: 101 });
    script.server({ atMs: 211.1 });
    // uplink on node-b missed one just before: whether it or the wire lost the next is judged by the NIC after it.
    expect(lossLines(story(script))).toEqual(['uplink on node-a → eth0 of orders: 1 of 5 client packets lost, 100 B']);
  });

  it('leave what was acknowledged alone', () => {
    const script = new WireScript(FOUR_NICS);
    script.handshake(0);
    script.client({ atMs: 10, len: 100, missedAt: [2, 3] });
    script.server({ atMs: 11 });
    expect(lossLines(story(script))).toEqual([]);
  });

  it('end with the capture: nothing is claimed of what came after', () => {
    const ended = FOUR_NICS.map((nic, i) => (i >= 2 ? { ...nic, endReason: 'capture_ended' as const } : nic));
    const script = new WireScript(ended);
    script.handshake(0);
    script.client({ atMs: 10, len: 100, lostAfter: 1 });
    const found = story(script);
    expect(lossLines(found)).toEqual([
      'uplink on node-a → uplink on node-b: 0 of 2 client packets lost, 0 B, 1 unknown',
    ]);
    expect(found.caveats.map(({ kind }) => kind)).toEqual(['capture-ended', 'capture-ended']);
  });
});
