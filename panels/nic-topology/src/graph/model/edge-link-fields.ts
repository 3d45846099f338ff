import { type Graph, type GraphEdge, type GraphNode } from './graph';

/**
 * The fields that a link to an edge's requests may contain: both ends, and as `host` and `name` the end at which requests are looked up,
 * which is the server's unless it was not observed. Undefined where neither end has records of its own.
 */
export function edgeLinkFields(
  { nodes }: Graph,
  { source, target }: GraphEdge
): Readonly<Record<string, string>> | undefined {
  const at = [nodes[target], nodes[source]].find((node) => node.observed && node.host !== '');
  if (at === undefined) {
    return undefined;
  }
  return {
    host: at.host,
    name: at.folded === 'no' ? nameOf(at) : at.podName !== '' && at.members.length < 3 ? at.podName : at.host,
    sourceHost: nodes[source].host,
    sourceNic: nodes[source].nicName,
    sourcePod: nodes[source].podName,
    targetHost: nodes[target].host,
    targetNic: nodes[target].nicName,
    targetPod: nodes[target].podName,
  };
}

/** As in records. */
const nameOf = ({ podName, nicName }: GraphNode) => podName || nicName;
