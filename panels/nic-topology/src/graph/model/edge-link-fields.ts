import { type Graph, type GraphEdge, type GraphNode } from './graph';

/**
 * What a link to an edge's requests may name: both ends, and as `host` and `name` the end that requests are looked up at, which is
 * the one towards the server unless nobody sees it. Undefined where records of neither end can be told from others.
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

/** As it stands in records. */
const nameOf = ({ podName, nicName }: GraphNode) => podName || nicName;
