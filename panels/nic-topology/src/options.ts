export interface NicTopologyOptions {
  /** Where a NIC's button leads. */
  readonly recordUrl: string;
}

/** The record's line in Explore; tokens stay as they are, all else is percent-encoded once, here. */
function exploreUrl(): string {
  const tokens = ['${__data.fields.id}', '${__data.fields.requestId}', '${__from}', '${__to}'];
  const loki = { type: 'loki', uid: 'bpfnet-loki' };
  const panes = {
    nic: {
      datasource: loki.uid,
      queries: [
        {
          refId: 'A',
          datasource: loki,
          queryType: 'range',
          expr: `{source="bpf_net_l7_log"} |= \`${tokens[0]}\` |= \`${tokens[1]}\``,
        },
      ],
      range: { from: tokens[2], to: tokens[3] },
    },
  };
  const encoded = tokens.reduce(
    (text, token) => text.replaceAll(encodeURIComponent(token), () => token),
    encodeURIComponent(JSON.stringify(panes))
  );
  return `/explore?schemaVersion=1&panes=${encoded}`;
}

export const defaultOptions: NicTopologyOptions = { recordUrl: exploreUrl() };
