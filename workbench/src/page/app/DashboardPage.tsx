import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { UrlSyncContextProvider } from '@grafana/scenes';
import React, { useEffect, useState } from 'react';
import { parseDashboard } from '../dashboard/classic-dashboard';
import { type DashboardScene } from '../dashboard/DashboardScene';
import { toScene } from '../dashboard/to-scene';
import { type Host } from '../host/install';
import { Message } from './Message';

interface Props {
  readonly uid: string;
  readonly host: Host;
  readonly onTitle: (title: string | undefined) => void;
}

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ready'; readonly title: string; readonly scene: DashboardScene };

export function DashboardPage({ uid, host, onTitle }: Props) {
  const [state, setState] = useState<State>({ kind: 'loading' });

  useEffect(() => {
    let current = true;
    void load(uid).then((next) => {
      if (current) {
        setState(next);
      }
    });
    return () => {
      current = false;
      host.templateSrv.show(undefined);
    };
  }, [uid, host]);

  useEffect(() => {
    const title = state.kind === 'ready' ? state.title : undefined;
    document.title = `${title ?? 'Dashboard'} - BPF network logs`;
    onTitle(title);
  }, [state, onTitle]);

  switch (state.kind) {
    case 'loading':
      return <Message title="Loading dashboard …" testId="dashboard-loading" />;
    case 'missing':
      return (
        <Message title="Dashboard not found" testId="dashboard-missing">
          There is no dashboard with the uid <code>{uid}</code>. <a href="/">All dashboards</a>
        </Message>
      );
    case 'failed':
      return (
        <Message title="The dashboard cannot be shown" testId="dashboard-failed">
          {state.reason}
        </Message>
      );
    case 'ready':
      host.templateSrv.show(state.scene);
      return (
        <UrlSyncContextProvider scene={state.scene} updateUrlOnInit={true} createBrowserHistorySteps={true}>
          <state.scene.Component model={state.scene} />
        </UrlSyncContextProvider>
      );
  }
}

async function load(uid: string): Promise<State> {
  try {
    const answer = await getBackendSrv().get<{ readonly dashboard: unknown }>(
      `/api/dashboards/uid/${encodeURIComponent(uid)}`
    );
    const parsed = parseDashboard(answer.dashboard);
    if (parsed.kind === 'invalid') {
      return { kind: 'failed', reason: `The workbench cannot show this dashboard: ${parsed.reason}` };
    }
    const { dashboard } = parsed;
    return { kind: 'ready', title: dashboard.title, scene: toScene(dashboard) };
  } catch (error) {
    if (isFetchError(error)) {
      return error.status === 404
        ? { kind: 'missing' }
        : { kind: 'failed', reason: `The workbench answered ${error.status} ${error.statusText ?? ''}` };
    }
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
