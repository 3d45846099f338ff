/** NIC graphs of any size, the same for the same size: clients on some hosts, pods behind bridges on others. */
import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';
import { FrameKind, type NicGraphEdgeRow, type NicGraphNodeRow } from '@bpfnet/flow-model/frames';

interface Row {
  readonly [field: string]: string | number | boolean | null;
}

export function nicGraphFrames(
  nodes: ReadonlyArray<Partial<NicGraphNodeRow> & Row>,
  edges: ReadonlyArray<Partial<NicGraphEdgeRow> & Row>
): DataFrame[] {
  return [frameOf(FrameKind.NicGraphNodes, nodes), frameOf(FrameKind.NicGraphEdges, edges)];
}

function frameOf(kind: string, rows: readonly Row[]): DataFrame {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return createDataFrame({
    name: kind,
    meta: { custom: { kind } },
    fields: names.map((name) => {
      const values = rows.map((row) => row[name] ?? null);
      const type = typeof values.find((value) => value !== null) === 'number' ? FieldType.number : FieldType.other;
      return { name, type, values };
    }),
  });
}

/** Next of a stream of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const PATH = ['eth0', 'veth', 'cni0', 'vxlan.1', 'ens3', 'ens3', 'vxlan.1', 'cni0', 'veth', 'eth0'] as const;
const PODS_PER_HOST = 8;

/** About `size` NICs (a pod has two, a host three); as many calls between pods as there are pods, and half as many again. */
export function syntheticNicGraph(size: number): DataFrame[] {
  const next = seeded(size);
  const pods = Math.max(2, Math.round(size / (2 + 3 / Math.min(PODS_PER_HOST, size / 4))));
  const hosts = Math.max(2, Math.round(pods / PODS_PER_HOST));
  const nodes = new Map<string, NicGraphNodeRow & Row>();
  const edges = new Map<string, NicGraphEdgeRow & Row>();
  const nodeOf = (pod: number, nic: string): string => {
    const host = `node-${String(pod % hosts).padStart(2, '0')}`;
    const isPod = nic === 'eth0';
    const podName = isPod ? `svc-${pod}` : '';
    const nicName = nic === 'veth' ? `veth${pod}` : nic;
    const id = [host, podName, nicName].join('/');
    const known = nodes.get(id);
    const requests = 10 + Math.floor(next() * 900);
    nodes.set(id, {
      id,
      title: isPod ? podName : nicName,
      subtitle: host,
      mainstat: '',
      secondarystat: '',
      arc__ok: 1,
      arc__failed: 0,
      observed: true,
      host,
      nicName,
      podName,
      k8sNamespace: isPod ? ['shop', 'pay', 'ops'][pod % 3] : '',
      requests: (known?.requests ?? 0) + requests,
      requestsPerSecond: ((known?.requests ?? 0) + requests) / 60,
      failed: 0,
      p50Ms: 5,
      p95Ms: 5 + next() * 200,
    });
    return id;
  };
  for (let call = 0; call < pods * 1.5; call++) {
    const client = call < pods ? Math.floor(call / 2) : Math.floor(next() * pods * 0.5);
    const server = Math.floor(pods / 2 + next() * (pods - Math.floor(pods / 2)));
    const isNear = client % hosts === server % hosts;
    const nics = isNear ? ['eth0', 'veth', 'cni0', 'veth', 'eth0'] : PATH;
    const half = Math.ceil(nics.length / 2);
    const ids = nics.map((nic, i) => nodeOf(isNear ? (i < 2 ? client : server) : i < half ? client : server, nic));
    const failed = next() < 0.06 ? Math.ceil(next() * 20) : 0;
    ids.slice(1).forEach((target, i) => {
      const source = ids[i];
      const id = `${source} → ${target}`;
      const requests = 10 + Math.floor(next() * 400) + (edges.get(id)?.requests ?? 0);
      const crosses = !isNear && i === half - 1;
      edges.set(id, {
        id,
        source,
        target,
        mainstat: '',
        secondarystat: '',
        requests,
        requestsPerSecond: requests / 60,
        failed,
        p50Ms: 0.1,
        p95Ms: crosses ? 1 + next() * next() * 260 : next() * 0.6,
        lost: crosses && failed > 0 ? Math.ceil(failed / 3) : 0,
        retransmissions: crosses && next() < 0.2 ? Math.ceil(next() * 9) : 0,
      });
    });
  }
  return nicGraphFrames([...nodes.values()].slice(0, size), [...edges.values()]);
}
