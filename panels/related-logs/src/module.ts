import { PanelPlugin } from '@grafana/data';
import { linkHelp } from '../../shared/panel-link';
import { defaultOptions, type RelatedLogsOptions } from './options';
import { RelatedLogsPanel } from './RelatedLogsPanel';

const LINK_HELP = linkHelp('${__data.fields.NAME} (a field of the record)');

export const plugin = new PanelPlugin<RelatedLogsOptions>(RelatedLogsPanel).setPanelOptions((builder) =>
  builder
    .addTextInput({
      path: 'requestId',
      name: 'Current request',
      description: 'The request_id to highlight, usually a dashboard variable.',
      defaultValue: defaultOptions.requestId,
    })
    .addTextInput({
      path: 'innerTraceId',
      name: 'Current connection',
      description: 'The inner_traceid of the flow that the page shows. Empty: the flow nearest the client.',
      defaultValue: defaultOptions.innerTraceId,
    })
    .addTextInput({
      path: 'requestUrl',
      name: 'Request link',
      description: LINK_HELP,
      defaultValue: defaultOptions.requestUrl,
    })
    .addTextInput({
      path: 'connectionUrl',
      name: 'Connection link',
      description: LINK_HELP,
      defaultValue: defaultOptions.connectionUrl,
    })
);
