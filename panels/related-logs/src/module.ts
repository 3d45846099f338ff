import { PanelPlugin } from '@grafana/data';
import { defaultOptions, type RelatedLogsOptions } from './options';
import { RelatedLogsPanel } from './RelatedLogsPanel';

const LINK_WORDS =
  'Path or http(s) address. ${__data.fields.NAME} (a field of the record), ${__from}, ${__to} and dashboard variables are filled in. Empty: no links.';

export const plugin = new PanelPlugin<RelatedLogsOptions>(RelatedLogsPanel).setPanelOptions((builder) =>
  builder
    .addTextInput({
      path: 'requestId',
      name: 'Current request',
      description: 'The request_id to mark, usually a dashboard variable.',
      defaultValue: defaultOptions.requestId,
    })
    .addTextInput({
      path: 'innerTraceId',
      name: 'Current connection',
      description: 'The inner_traceid of the NIC that the page looks from; empty for the one nearest to the client.',
      defaultValue: defaultOptions.innerTraceId,
    })
    .addTextInput({
      path: 'requestUrl',
      name: "Request's page",
      description: LINK_WORDS,
      defaultValue: defaultOptions.requestUrl,
    })
    .addTextInput({
      path: 'connectionUrl',
      name: "Connection's page",
      description: LINK_WORDS,
      defaultValue: defaultOptions.connectionUrl,
    })
);
