import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, ToolbarButton, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React from 'react';
import { type ThemeName } from './theme-choice';

interface Props {
  readonly theme: ThemeName;
  readonly crumb: string | undefined;
  readonly onSwitchTheme: () => void;
}

export function TopBar({ theme, crumb, onSwitchTheme }: Props) {
  const styles = useStyles2(getStyles);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <header className={styles.bar}>
      <nav aria-label="Breadcrumbs" className={styles.crumbs}>
        <a href="/" className={styles.home} aria-label="All dashboards" data-testid="home-link">
          <img src="/logo.svg" width={22} height={22} alt="" />
          <span className={styles.product}>BPF network logs</span>
        </a>
        {crumb !== undefined && (
          <>
            <Icon name="angle-right" aria-hidden />
            <h1 className={styles.title} data-testid="page-title">
              {crumb}
            </h1>
          </>
        )}
      </nav>
      <ToolbarButton
        icon="adjust-circle"
        tooltip={`Switch to the ${other} theme`}
        aria-label={`Switch to the ${other} theme`}
        data-testid="theme-switch"
        onClick={onSwitchTheme}
      />
    </header>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    height: theme.spacing(5),
    padding: theme.spacing(0, 1, 0, 2),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    [theme.breakpoints.down('md')]: { paddingLeft: theme.spacing(1) },
  }),
  crumbs: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), minWidth: 0 }),
  home: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    color: theme.colors.text.primary,
    whiteSpace: 'nowrap',
    '&:hover': { color: theme.colors.text.maxContrast },
  }),
  product: css({ [theme.breakpoints.down('sm')]: { display: 'none' } }),
  title: css({
    margin: 0,
    fontSize: theme.typography.body.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    lineHeight: 1,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
});
