import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { countText } from '@bpfnet/flow-model/quantity-text';
import { type NicPath, type PathNode } from '../model/path';
import { addressDetails, latencyText, nicKind, nodeName, protocolText, troubleOf } from '../model/node-text';

interface Props {
  readonly path: NicPath;
  readonly index: number;
}

/** Everything that the path knows about one NIC. */
export function NicDetails({ path, index }: Props) {
  const styles = useStyles2(getStyles);
  const node = path.nodes[index];
  const fields = [...addressDetails(path, index), ...(node.observed ? nicFields(node) : [])];
  const trouble = troubleOf(path, index);
  return (
    <div className={styles.details}>
      <strong>{nodeName(node)}</strong>
      {trouble && <div>{trouble.text}</div>}
      <dl className={styles.fields}>
        {fields
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <React.Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </React.Fragment>
          ))}
      </dl>
    </div>
  );
}

function nicFields(node: PathNode): ReadonlyArray<readonly [string, string]> {
  return [
    ['host', node.host],
    ['NIC', [node.nicName, nicKind(node) && `(${nicKind(node)})`].filter(Boolean).join(' ')],
    ['pod', [node.k8sNamespace, node.podName].filter((text) => text !== '').join(' / ')],
    ['container', node.containerName],
    ['direction', node.direction],
    ['protocols', protocolText(node)],
    ['latency', latencyText(node) || 'no response'],
    ['retransmissions', node.retransmissions === 0 ? '' : countText(node.retransmissions)],
    ['outcome', node.outcome.replace('_', ' ')],
  ];
}

const getStyles = () => ({
  details: css({ maxWidth: 320 }),
  fields: css({
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    columnGap: 10,
    margin: '4px 0 0',
    fontVariantNumeric: 'tabular-nums',
    '& dt': { fontWeight: 'normal', opacity: 0.75 },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  }),
});
