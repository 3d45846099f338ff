import { type PanelProps } from '@grafana/data';
import React, { useMemo } from 'react';
import { PanelFrame } from '../../shared/PanelFrame';
import { linkTo, variableText } from '../../shared/panel-link';
import { type L7Tag } from './model/packets';
import { defaultOptions, type PacketSequenceOptions } from './options';
import { PacketLadder } from './view/PacketLadder';
import { usePackets } from './view/use-packets';

type Props = PanelProps<PacketSequenceOptions>;

export function PacketSequencePanel(props: Props) {
  const { data, options, width, height, timeZone, onChangeTimeRange } = props;
  const complete = useMemo(() => ({ ...defaultOptions, ...options }), [options]);
  const packets = usePackets(data.series, complete.fieldNames);
  const hrefOf = ({ requestId, label, kind }: L7Tag) =>
    linkTo(props, complete.requestUrl, { l7RequestId: requestId, l7Label: label, l7Kind: kind });
  const requestId = variableText(complete.requestId, props.replaceVariables);
  return (
    <PanelFrame data={data} model={packets} width={width} height={height}>
      {(table) => (
        <PacketLadder
          key={[complete.lanes, complete.time, complete.delta, requestId].join(' ')}
          packets={table}
          options={complete}
          requestId={requestId}
          width={width}
          height={height}
          timeZone={timeZone}
          eventBus={props.eventBus}
          hrefOf={hrefOf}
          connectionHref={(lane) => linkTo(props, complete.connectionUrl, { flowId: lane.id })}
          onTimeRange={(fromNs, toNs) => onChangeTimeRange({ from: toMs(fromNs), to: toMs(toNs) })}
        />
      )}
    </PanelFrame>
  );
}

const toMs = (ns: bigint): number => Number(ns / BigInt(1_000_000));
