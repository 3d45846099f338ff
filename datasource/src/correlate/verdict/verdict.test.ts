import { Analysis, type L7Record, TcpFlag } from '@bpfnet/flow-model';
import { type Sent, type WatchedNic } from '../../test/wire-records';
import { FOUR_NICS, WireScript } from '../../test/wire-script';
import { EPOCH_NS } from '../../test/traffic-script';
import { type ConnectionStory, connectionStory } from '../connection-story';
import { type ExchangeAtNic } from '../../path/exchange-at-nic';
import { costText } from './cost-text';
import { type Verdict } from './verdict';

const ID = '00112233445566ff';
const MSS = 1400;

function storyOf(script: WireScript, nameResolution?: readonly ExchangeAtNic[]): ConnectionStory {
  return connectionStory({ flows: [...script.flows()].reverse(), requestId: ID, nameResolution });
}

function verdict(script: WireScript, nameResolution?: readonly ExchangeAtNic[]): Verdict {
  const { verdict: found } = storyOf(script, nameResolution);
  if (found === null) {
    throw new Error('no verdict');
  }
  const sum = found.parts.reduce((total, { ms }) => total + ms, 0);
  expect(sum).toBeCloseTo(found.totalMs, 6);
  expect(found.costs.every(({ ms, packets }) => ms >= 0 && packets.length > 0)).toBe(true);
  return found;
}

const partsOf = ({ parts }: Verdict): readonly string[] => parts.map(({ name, ms }) => `${name} ${ms.toFixed(1)}`);
const costsOf = ({ costs }: Verdict): readonly string[] =>
  costs.map(({ kind, part, ms }) => `${kind} in ${part} ${ms.toFixed(1)}`);
const textsOf = ({ costs }: Verdict, script: WireScript): readonly string[] => {
  const { nics } = storyOf(script);
  return costs.map((cost) => costText(cost, nics));
};

interface Plain {
  readonly nics?: readonly WatchedNic[];
  readonly serverMs?: number;
  readonly segments?: number;
  readonly l7?: Partial<L7Record>;
}

/** One request on a connection that has carried others before, so that nothing but itself counts. */
function plain({ nics = FOUR_NICS, serverMs = 12, segments = 1, l7 }: Plain = {}): WireScript {
  const script = new WireScript(nics);
  const before = script.handshake(0) + 1;
  const earlier = exchange(script, before, { serverMs: 1 });
  script.exchange({ requestId: 'earlier', ...earlier });
  script.exchange({ requestId: ID, ...exchange(script, before + 50, { serverMs, segments }), l7 });
  return script;
}

function exchange(
  script: WireScript,
  atMs: number,
  { serverMs, segments = 1 }: { readonly serverMs: number; readonly segments?: number }
): { readonly request: readonly Sent[]; readonly response: readonly Sent[] } {
  const request = [script.client({ atMs, len: 120 })];
  const answerMs = atMs + script.wayMs('there') + serverMs;
  script.server({ atMs: atMs + script.wayMs('there') });
  const response = Array.from({ length: segments }, (_, i) => script.server({ atMs: answerMs + i * 0.05, len: MSS }));
  script.client({ atMs: answerMs + segments * 0.05 + script.wayMs('back') });
  return { request, response };
}

describe('the verdict on an answered request', () => {
  it('is fast', () => {
    const found = verdict(plain({ serverMs: 3 }));
    expect(found.cause).toBe('fast');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 5.2 ms: 3.0 ms (58 %) server time, 2.2 ms network.'
    );
    expect(partsOf(found)).toEqual([
      'sending 0.0',
      'network-request 1.1',
      'server 3.0',
      'network-response 1.1',
      'receiving 0.0',
    ]);
    expect(found.parts[1]).toMatchObject({ from: { flowId: expect.any(String), chunkId: 1 }, to: { chunkId: 1 } });
    // Half of the way between the hosts and back.
    expect(found.parts[1].atMostMs).toBeCloseTo(0.9, 3);
  });

  it('is a slow server', () => {
    const found = verdict(plain({ serverMs: 480 }));
    expect(found.cause).toBe('slow-server');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 482.2 ms: 480.0 ms (100 %) server time.'
    );
  });

  it('is a slow network', () => {
    const far = FOUR_NICS.map((nic, i) =>
      i < 2 ? nic : { ...nic, thereMs: nic.thereMs + 40, backMs: nic.backMs + 40 }
    );
    const found = verdict(plain({ nics: far, serverMs: 5 }));
    expect(found.cause).toBe('slow-network');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 87.2 ms: 82.2 ms (94 %) network, 5.0 ms server time.'
    );
  });

  it('waited for the retransmission of the request', () => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(0) + 1;
    script.exchange({ requestId: 'earlier', ...exchange(script, atMs, { serverMs: 1 }) });
    const lost = script.client({ atMs: 100, len: 120, lostAfter: 1 });
    const again = script.client({ atMs: 304, len: 120, from: 121 });
    const response = [script.server({ atMs: 317, len: 400 })];
    script.client({ atMs: 320 });
    script.exchange({ requestId: ID, request: [lost, again], response });
    const found = verdict(script);
    expect(found.cause).toBe('loss');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 218.2 ms: 204.0 ms (93 %) request retransmission (lost between uplink on node-a and uplink on node-b), 12.0 ms server time.'
    );
    expect(partsOf(found)).toEqual([
      'sending 0.0',
      'request-retransmission 204.0',
      'network-request 1.1',
      'server 12.0',
      'network-response 1.1',
      'receiving 0.0',
    ]);
    expect(costsOf(found)).toEqual(['timeout in request-retransmission 204.0']);
    expect(textsOf(found, script)[0]).toBe(
      '1 segment, lost between uplink on node-a and uplink on node-b, retransmitted after a timeout: 204.0 ms.'
    );
    expect(found.costs[0].packets.map(({ tsNs }) => Number((BigInt(tsNs) - EPOCH_NS) / 1_000_000n))).toEqual([
      100, 304,
    ]);
  });

  it('waited for parts of the response on duplicate ACKs', () => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(0) + 1;
    const request = [script.client({ atMs, len: 120 })];
    const start = atMs + script.wayMs('there') + 5;
    const response = [0, 1, 2, 3, 4].map((i) =>
      script.server({ atMs: start + i * 0.1, len: MSS, lostAfter: i === 1 ? 2 : undefined })
    );
    for (let i = 2; i < 5; i++) {
      script.client({ atMs: start + i * 0.1 + 1.2, ana: Analysis.DuplicateAck });
    }
    response.push(script.server({ atMs: start + 40, len: MSS, from: 1 + MSS, ana: Analysis.FastRetransmission }));
    script.client({ atMs: start + 41.5 });
    script.exchange({ requestId: ID, request, response });
    const found = verdict(script);
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 50.4 ms: 39.9 ms (79 %) response retransmission (lost between uplink on node-b and uplink on node-a), 5.0 ms server time.'
    );
    expect(costsOf(found)).toEqual(['retransmission in receiving 39.9']);
  });

  it('waited for a client that did not read', () => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(0) + 1;
    const request = [script.client({ atMs, len: 120 })];
    const start = atMs + script.wayMs('there') + 5;
    const first = script.server({ atMs: start, len: MSS });
    script.client({ atMs: start + 1.3, win: 0, ana: Analysis.ZeroWindow });
    script.client({ atMs: start + 301.3, win: 65_535, ana: Analysis.WindowUpdate });
    const second = script.server({ atMs: start + 302.4, len: MSS });
    script.client({ atMs: start + 304 });
    script.exchange({ requestId: ID, request, response: [first, second] });
    const found = verdict(script);
    expect(found.cause).toBe('zero-window');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 312.8 ms: 300.0 ms (96 %) client zero window.'
    );
  });

  it('separates slow start from a server that paused', () => {
    const far = FOUR_NICS.map((nic, i) =>
      i < 2 ? nic : { ...nic, thereMs: nic.thereMs + 20, backMs: nic.backMs + 20 }
    );
    const script = new WireScript(far);
    const atMs = script.handshake(0) + 1;
    const request = [script.client({ atMs, len: 120 })];
    const start = atMs + script.wayMs('there') + 5;
    const burst = (at: number, n: number): readonly Sent[] =>
      Array.from({ length: n }, (_, i) => script.server({ atMs: at + i * 0.01, len: MSS }));
    const first = burst(start, 10);
    script.client({ atMs: start + 0.1 + script.wayMs('back') });
    const second = burst(start + 42.4, 20);
    script.client({ atMs: start + 42.6 + script.wayMs('back') });
    const third = burst(start + 142.4, 4);
    script.client({ atMs: start + 170 });
    script.exchange({ requestId: ID, request, response: [...first, ...second, ...third] });
    const found = verdict(script);
    expect(costsOf(found)).toEqual(['sender-paused in receiving 99.8', 'slow-start in receiving 42.3']);
    expect(found.sentence).toContain('142.4 ms (');
    expect(found.sentence).toContain('transferring 47.6 kB');
    expect(textsOf(found, script)).toEqual([
      'The server sent nothing for 99.8 ms in the middle of the message.',
      'The server waited 42.3 ms for ACKs in slow start.',
    ]);
  });

  it('counts connect and name resolution where the request is the first', () => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(100) + 0.5;
    script.exchange({ requestId: ID, ...exchange(script, atMs, { serverMs: 3 }) });
    const [client] = script.flows();
    const dns: ExchangeAtNic = {
      tsNs: EPOCH_NS + 15_000_000n,
      record: {
        ...client.exchanges[0].record,
        request_id: 'dns',
        l7_proto: 'dns',
        l4_proto: 'udp',
        latency_ms: 84.5,
        outcome: 'ok',
        l7_op: 'A',
        l7_resource: 'orders.shop',
        dns_addresses: '10.9.9.9,10.2.1.7',
      },
    };
    const found = verdict(script, [dns]);
    expect(found.cause).toBe('slow-name-resolution');
    expect(partsOf(found).slice(0, 5)).toEqual([
      'name-resolution 84.5',
      'client 0.5',
      'connect 2.2',
      'client 0.5',
      'sending 0.0',
    ]);
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 92.9 ms: 84.5 ms (91 %) name resolution.'
    );
    const other = { ...dns, record: { ...dns.record, dns_addresses: '10.9.9.9' } };
    expect(partsOf(verdict(script, [other]))[0]).toBe('connect 2.2');
  });

  it('counts the TLS handshake', () => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(0) + 0.2;
    const hello = exchange(script, atMs, { serverMs: 60 });
    script.exchange({ requestId: 'tls', ...hello, l7: { l7_proto: 'tls', l7_op: 'ClientHello' } });
    script.exchange({ requestId: ID, ...exchange(script, atMs + 70, { serverMs: 3 }) });
    const found = verdict(script);
    expect(found.cause).toBe('slow-tls');
    expect(partsOf(found).slice(0, 4)).toEqual(['connect 2.2', 'client 0.2', 'tls 62.2', 'client 7.8']);
    expect(found.sentence).toMatch(/62\.2 ms \(\d+ %\) TLS handshake/);
  });

  it('waited for the retransmission of the SYN', () => {
    const script = new WireScript(FOUR_NICS);
    script.client({ atMs: 0, flags: TcpFlag.Syn, lostAfter: 1 });
    script.client({ atMs: 1000, flags: TcpFlag.Syn, from: 0 });
    script.server({ atMs: 1001, flags: TcpFlag.Syn | TcpFlag.Ack });
    script.client({ atMs: 1002.2 });
    script.exchange({ requestId: ID, ...exchange(script, 1003, { serverMs: 3 }) });
    const found = verdict(script);
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 1.01 s: 1.00 s (99 %) SYN retransmission (lost between uplink on node-a and uplink on node-b).'
    );
    expect(costsOf(found)).toEqual(['timeout in connect 1000.0']);
  });

  it('does not divide what one NIC alone cannot separate', () => {
    const found = verdict(plain({ nics: [FOUR_NICS[1]], serverMs: 90 }));
    expect(found.cause).toBe('beyond');
    expect(found.sentence).toBe(
      'GET /api/orders from 10.2.0.5 to 10.2.1.7:8080 returned 200 in 90.0 ms: 90.0 ms (100 %) network and server beyond uplink on node-a (round trip from there: 0 ms).'
    );
    expect(found.caveats.map(({ kind }) => kind)).toEqual(['client-not-observed', 'server-not-observed']);
  });

  it('does not divide the way between two NICs that are not one behind the other', () => {
    // Two mirrors of one place, the second 100 ms late in both directions.
    const [a] = FOUR_NICS.slice(1, 2);
    const late = { ...a, nic: 'mirror', thereMs: a.thereMs + 100, backMs: a.backMs - 100 };
    const found = verdict(plain({ nics: [a, late], serverMs: 90 }));
    expect(partsOf(found)).toEqual(['sending 0.0', 'network-and-server 90.0', 'receiving 0.0']);
  });

  it('gives the network round trip where clocks cannot be compared', () => {
    const [a, , , b] = FOUR_NICS;
    const flows = plain({ nics: [a, b], serverMs: 3 }).flows();
    const withoutPackets = flows.map((flow, i) => (i === 0 ? flow : { ...flow, packets: [] }));
    const { hops, clocks } = connectionStory({ flows: withoutPackets, requestId: ID });
    expect(clocks).toMatchObject([{ kind: 'unknown', why: 'nothing-in-common' }]);
    expect(hops).toMatchObject([
      { there: { kind: 'unknown', why: 'nothing-in-common' }, sumMs: expect.closeTo(2.2, 3) },
    ]);
  });
});

describe('the verdict where records are missing', () => {
  it('rests on the records of the request where no packets were read', () => {
    const costs = { cost_req_sent: 0, cost_cnt_dl: 0 };
    const flows = plain({ serverMs: 90 })
      .flows()
      .map((flow, i) => ({
        ...flow,
        packets: [],
        exchanges: flow.exchanges.map((span) => ({
          ...span,
          record: { ...span.record, ...costs, cost_resp_wait: [92.2, 92, 90.2, 90][i] },
        })),
      }));
    const { verdict: found, farthest } = connectionStory({ flows, requestId: ID });
    expect(found?.sentence).toBe(
      'GET /api/orders from cart to orders returned 200 in 92.2 ms: 90.0 ms (98 %) server time.'
    );
    expect(found?.caveats.map(({ kind }) => kind)).toEqual([...new Array(4).fill('packets-not-read'), 'clocks']);
    expect(farthest).toBeNull();
  });

  it('counts a NIC whose packets were not read as one that saw the request', () => {
    const flows = plain().flows();
    const { farthest } = connectionStory({
      flows: flows.map((flow, i) => (i === 3 ? { ...flow, packets: [] } : flow)),
      requestId: ID,
    });
    expect(farthest?.request.whole).toBe(flows[3].flowId);
  });

  it("is that of the request's connection where records of several were found", () => {
    const others = plain()
      .flows()
      .map((flow) => ({
        ...flow,
        flowId: `f${flow.flowId.slice(1)}`,
        chunks: flow.chunks.map((chunk) => ({ ...chunk, nic_traceid: '1_2' })),
        exchanges: [],
      }));
    const { nics, notes } = connectionStory({ flows: [...others, ...plain().flows()], requestId: ID });
    expect(nics.map(({ flowId }) => flowId[0])).toEqual(['0', '0', '0', '0']);
    expect(notes).toEqual(['Records of more than one connection were found; one of them is shown.']);
  });
});

describe('the verdict on a request without an answer', () => {
  const lostFrom = (lostAfter: number | undefined, answered: boolean, serverLost?: number): WireScript => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(0) + 1;
    script.exchange({ requestId: 'earlier', ...exchange(script, atMs, { serverMs: 1 }) });
    const request = [0, 200, 600].map((after, i) =>
      script.client({ atMs: 100 + after, len: 120, ...(i > 0 && { from: 121 }), lostAfter })
    );
    const response = answered
      ? [0, 210].map((after, i) =>
          script.server({ atMs: 113 + after, len: 400, ...(i > 0 && { from: 1 + MSS }), lostAfter: serverLost })
        )
      : [];
    if (lostAfter === undefined && !answered) {
      script.server({ atMs: 101 });
    }
    script.client({ atMs: 1700, flags: TcpFlag.Fin | TcpFlag.Ack });
    script.exchange({ requestId: ID, request, response });
    return script;
  };

  it('says that the server never saw it', () => {
    const found = verdict(lostFrom(1, false));
    expect(found.cause).toBe('request-lost');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders was not answered within 1.50 s: request lost between uplink on node-a and uplink on node-b (sent 3 times).'
    );
    expect(storyOf(lostFrom(1, false)).farthest?.request).toMatchObject({ transmissions: 3, acknowledged: false });
  });

  it('says that the server did not answer', () => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(0) + 1;
    const request = [script.client({ atMs, len: 120 })];
    script.server({ atMs: atMs + 1.2 });
    script.client({ atMs: atMs + 1500, flags: TcpFlag.Fin | TcpFlag.Ack });
    script.exchange({ requestId: ID, request, response: [] });
    const found = verdict(script);
    expect(found.cause).toBe('no-response');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders was not answered within 1.50 s: request reached the server at eth0 of orders and was acknowledged, but no response was sent.'
    );
  });

  it('says that the answer was lost', () => {
    const found = verdict(lostFrom(undefined, true, 2));
    expect(found.cause).toBe('response-lost');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders was not answered within 1.50 s: the server responded after 12.0 ms; response lost between uplink on node-b and uplink on node-a (sent 2 times).'
    );
  });

  it('says so where nobody was watching beyond', () => {
    const script = new WireScript(FOUR_NICS.slice(0, 2));
    const atMs = script.handshake(0) + 1;
    const request = [script.client({ atMs, len: 120 }), script.client({ atMs: atMs + 300, len: 120, from: 1 })];
    script.exchange({ requestId: ID, request, response: [] });
    const found = verdict(script);
    expect(found.cause).toBe('not-known');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to 10.2.1.7:8080 was not answered within 1.50 s: request last seen at uplink on node-a (sent 2 times); its fate beyond that is unknown.'
    );
  });

  it('says who reset it', () => {
    const script = new WireScript(FOUR_NICS);
    const atMs = script.handshake(0) + 1;
    const request = [script.client({ atMs, len: 120 })];
    script.server({ atMs: atMs + 13, flags: TcpFlag.Rst | TcpFlag.Ack });
    script.exchange({ requestId: ID, request, response: [], outcome: 'reset', waitedMs: 14.2 });
    const found = verdict(script);
    expect(found.cause).toBe('reset');
    expect(found.sentence).toBe(
      'GET /api/orders from cart to orders was reset by the server after 14.2 ms, before any response.'
    );
  });

  it('adds that the capture dropped packets', () => {
    const script = new WireScript(FOUR_NICS.map((nic, i) => (i === 2 ? { ...nic, captureDrops: 7 } : nic)));
    const atMs = script.handshake(0) + 1;
    script.exchange({ requestId: ID, ...exchange(script, atMs, { serverMs: 30 }) });
    expect(verdict(script).sentence).toMatch(/ server time, .*; the capture dropped packets at uplink on node-b\.$/);
  });
});

describe('the verdict on a connection that failed', () => {
  const of = (script: WireScript) => connectionStory({ flows: script.flows() }).verdict;

  it('was refused', () => {
    const script = new WireScript(FOUR_NICS);
    script.client({ atMs: 0, flags: TcpFlag.Syn });
    script.server({ atMs: 1.1, flags: TcpFlag.Rst | TcpFlag.Ack });
    expect(of(script)?.sentence).toBe(
      'The connection from cart to orders was refused after 2.3 ms: nothing is listening on that port, or a firewall is rejecting it.'
    );
  });

  it('got no answer', () => {
    const script = new WireScript(FOUR_NICS.slice(0, 2));
    [0, 1000, 3000].forEach((atMs, i) => script.client({ atMs, flags: TcpFlag.Syn, ...(i > 0 && { from: 0 }) }));
    expect(of(script)?.sentence).toBe(
      'The connection from cart to 10.2.1.7:8080 failed: 3 SYNs in 3.00 s went unanswered; the last SYN got as far as uplink on node-a.'
    );
  });

  it('is absent for one that was established', () => {
    expect(of(plain())).toBeNull();
  });
});
