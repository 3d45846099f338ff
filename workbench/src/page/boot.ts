// Runs before the bundle: `@grafana/runtime` reads its configuration from the window while it is being imported.
import { readTheme } from './app/theme-choice';

interface GrafanaWindow {
  grafanaBootData?: unknown;
  __grafana_public_path__?: string;
  __grafana_app_bundle_public_path__?: string;
}

const theme = readTheme(window.location.search, window.localStorage);
document.documentElement.dataset.theme = theme;
document.documentElement.style.background = theme === 'light' ? '#f4f5f5' : '#111217';

const grafanaWindow: GrafanaWindow = window as unknown as GrafanaWindow;
grafanaWindow.__grafana_public_path__ = '/public/';
grafanaWindow.grafanaBootData = {
  settings: {
    appSubUrl: '',
    appUrl: `${window.location.origin}/`,
    buildInfo: { version: '13.1.1', commit: '', env: 'production', edition: 'Open Source' },
    featureToggles: {},
    bootData: {},
    minRefreshInterval: '1s',
  },
  user: {
    theme,
    lightTheme: theme === 'light',
    timezone: 'browser',
    locale: 'en-US',
    language: 'en-US',
    orgId: 1,
    orgRole: 'Viewer',
    isSignedIn: false,
    permissions: {},
  },
  navTree: [],
};
