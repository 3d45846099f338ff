/** Links out of records: to the application's trace, to pages of a pod or host, and to the story of a request. */
import { type DataLink } from '@grafana/data';

export interface RecordLinks {
  /** By name of the field that they stand on. */
  readonly ofField: ReadonlyMap<string, readonly DataLink[]>;
}

export interface LinkTargets {
  readonly tracing?: { readonly uid: string; readonly name: string; readonly type: string };
  readonly podUrl?: string;
  readonly hostUrl?: string;
  readonly storyUrl?: string;
}

export const NO_LINKS: RecordLinks = { ofField: new Map() };

/** What a person writes in the configuration, in Grafana's words. The value is encoded by Grafana. */
const PLACEHOLDERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\$\{value\}/g, '${__value.raw:percentencode}'],
  [/\$\{namespace\}/g, '${__data.fields.k8s_namespace:percentencode}'],
  [/\$\{request_id\}/g, '${__data.fields.request_id:percentencode}'],
  [/\$\{flow_shard\}/g, '${__data.fields.flow_shard:percentencode}'],
  [/\$\{at\}/g, '${__data.fields.tsNs:percentencode}'],
];

export function recordLinks({ tracing, podUrl, hostUrl, storyUrl }: LinkTargets): RecordLinks {
  const links: Array<readonly [string, readonly DataLink[]]> = [];
  if (tracing !== undefined) {
    links.push(['trace_id', [traceLink(tracing)]]);
  }
  const pod = pageLink('Open this pod', podUrl);
  links.push(['k8s_pod_name', pod], ['src_k8s_pod_name', pod], ['dst_k8s_pod_name', pod]);
  links.push(['host', pageLink('Open this host', hostUrl)]);
  links.push(['request_id', pageLink('Open this request', storyUrl)]);
  return { ofField: new Map(links.filter(([, ofField]) => ofField.length > 0)) };
}

function pageLink(title: string, url: string | undefined): readonly DataLink[] {
  // A page of Grafana, or one on the web; a script is neither.
  if (url === undefined || !/^(?:\/(?!\/)|https?:\/\/)/.test(url)) {
    return [];
  }
  return [
    { title, url: PLACEHOLDERS.reduce((text, [placeholder, variable]) => text.replace(placeholder, variable), url) },
  ];
}

function traceLink({ uid, name, type }: NonNullable<LinkTargets['tracing']>): DataLink {
  const id = '${__value.raw}';
  return {
    title: `Open in ${name}`,
    url: '',
    internal: {
      datasourceUid: uid,
      datasourceName: name,
      // Tempo wants to be told that it is an id; Jaeger and Zipkin take one as it is.
      query: type === 'tempo' ? { query: id, queryType: 'traceql' } : { query: id },
    },
  };
}
