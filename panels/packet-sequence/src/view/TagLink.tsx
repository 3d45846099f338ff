import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type L7Tag } from '../model/packets';

interface Props {
  readonly tag: L7Tag;
  readonly href: string | undefined;
}

/** A request or response at its packet; leads to the request's page. */
export function TagLink({ tag, href }: Props) {
  const styles = useStyles2(getStyles);
  const className = cx(styles.tag, styles[tagTone(tag)]);
  const text = tag.label === '' ? tag.kind : tag.label;
  const title = `${tag.kind === 'request' ? 'Request' : 'Response'} ${text}`;
  return href === undefined ? (
    <span className={className} title={title}>
      {text}
    </span>
  ) : (
    <a
      className={cx(className, styles.link)}
      href={href}
      target="_blank"
      rel="noreferrer"
      title={`${title}: open the request in a new tab`}
      tabIndex={-1}
    >
      {text}
    </a>
  );
}

type TagTone = 'request' | 'good' | 'odd' | 'bad';

/** By the first digit of a status; words such as NXDOMAIN are odd, NOERROR is good. */
function tagTone({ kind, label }: L7Tag): TagTone {
  if (kind === 'request') {
    return 'request';
  }
  if (/^[123]\d\d\b|^NOERROR|^OK\b/.test(label)) {
    return 'good';
  }
  return /^5\d\d\b|^SERVFAIL/.test(label) ? 'bad' : 'odd';
}

const getStyles = (theme: GrafanaTheme2) => ({
  tag: css({
    maxWidth: '100%',
    padding: theme.spacing(0, 0.75),
    borderRadius: theme.shape.radius.default,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: '18px',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    pointerEvents: 'auto',
  }),
  link: css({ '&:hover': { textDecoration: 'underline' } }),
  request: css({ background: theme.colors.primary.transparent, color: theme.colors.primary.text }),
  good: css({ background: theme.colors.success.transparent, color: theme.colors.success.text }),
  odd: css({ background: theme.colors.warning.transparent, color: theme.colors.warning.text }),
  bad: css({ background: theme.colors.error.transparent, color: theme.colors.error.text }),
});
