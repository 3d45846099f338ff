import { createTheme, type GrafanaTheme2, ThemeContext } from '@grafana/data';
import { config, getAppEvents, LocationServiceProvider, locationService, ThemeChangedEvent } from '@grafana/runtime';
import { ErrorBoundaryAlert, GlobalStyles, ModalRoot, ModalsProvider, PortalContainer } from '@grafana/ui';
import { css } from '@emotion/css';
import React, { useEffect, useMemo, useState } from 'react';
import { Router } from 'react-router-dom';
import { type Host } from '../host/install';
import { DashboardListPage } from './DashboardListPage';
import { DashboardPage } from './DashboardPage';
import { followLinksInPlace } from './links-in-place';
import { Message } from './Message';
import { type Route, routeOf } from './routes';
import { readTheme, storeTheme, type ThemeName } from './theme-choice';
import { TopBar } from './TopBar';

interface Props {
  readonly host: Host;
}

export function App({ host }: Props) {
  const history = locationService.getHistory();
  const [location, setLocation] = useState(history.location);
  const [themeName, setThemeName] = useState<ThemeName>(() => readTheme(window.location.search, window.localStorage));
  const [crumb, setCrumb] = useState<string>();
  const theme = useMemo(() => createTheme({ colors: { mode: themeName } }), [themeName]);

  useEffect(() => history.listen((next: typeof location) => setLocation(next)), [history]);
  useEffect(() => followLinksInPlace(document, (path) => locationService.push(path)), []);
  useEffect(() => {
    document.documentElement.dataset.theme = themeName;
    document.documentElement.style.background = theme.colors.background.canvas;
    config.theme2 = theme;
    config.theme = theme.v1;
    getAppEvents().publish(new ThemeChangedEvent(theme));
  }, [theme, themeName]);

  const switchTheme = () => {
    const next = themeName === 'dark' ? 'light' : 'dark';
    storeTheme(next, window.localStorage);
    setThemeName(next);
    if (locationService.getSearch().has('theme')) {
      locationService.partial({ theme: next }, true);
    }
  };

  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <LocationServiceProvider service={locationService}>
        <Router location={location} navigator={history}>
          <ModalsProvider>
            <div className={pageStyles(theme)} data-testid="workbench">
              <TopBar theme={themeName} onSwitchTheme={switchTheme} crumb={crumb} />
              <main>
                <ErrorBoundaryAlert key={location.pathname}>
                  <Page route={routeOf(location.pathname)} host={host} onTitle={setCrumb} />
                </ErrorBoundaryAlert>
              </main>
            </div>
            <ModalRoot />
          </ModalsProvider>
          <PortalContainer />
        </Router>
      </LocationServiceProvider>
    </ThemeContext.Provider>
  );
}

interface PageProps extends Props {
  readonly route: Route;
  readonly onTitle: (title: string | undefined) => void;
}

function Page({ route, host, onTitle }: PageProps) {
  switch (route.kind) {
    case 'list':
      return <DashboardListPage onTitle={onTitle} />;
    case 'dashboard':
      return <DashboardPage key={route.uid} uid={route.uid} host={host} onTitle={onTitle} />;
    case 'unknown':
      return (
        <Message title="Page not found" testId="page-unknown">
          The workbench has no page <code>{route.path}</code>. <a href="/">All dashboards</a>
        </Message>
      );
  }
}

function pageStyles(theme: GrafanaTheme2): string {
  return css({
    minHeight: '100vh',
    background: theme.colors.background.canvas,
    display: 'flex',
    flexDirection: 'column',
    main: {
      display: 'flex',
      flexDirection: 'column',
      flexGrow: 1,
      padding: theme.spacing(2),
      minWidth: 0,
      [theme.breakpoints.down('md')]: { padding: theme.spacing(1) },
    },
  });
}
