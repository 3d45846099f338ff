import { getBackendSrv } from '@grafana/runtime';
import { Card, TagList } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { Message } from './Message';

/** One row of GET /api/search, as Grafana answers it. */
interface DashboardHit {
  readonly uid: string;
  readonly title: string;
  readonly url: string;
  readonly tags: readonly string[];
  readonly description?: string;
}

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'ready'; readonly hits: readonly DashboardHit[] };

interface Props {
  readonly onTitle: (title: string | undefined) => void;
}

export function DashboardListPage({ onTitle }: Props) {
  useEffect(() => {
    document.title = 'Dashboards - BPF network logs';
    onTitle('Dashboards');
  }, [onTitle]);
  const [state, setState] = useState<State>({ kind: 'loading' });
  useEffect(() => {
    let current = true;
    const show = (next: State) => current && setState(next);
    getBackendSrv()
      .get<readonly DashboardHit[]>('/api/search', { type: 'dash-db' })
      .then(
        (hits) => show({ kind: 'ready', hits }),
        () => show({ kind: 'failed' })
      );
    return () => {
      current = false;
    };
  }, []);

  if (state.kind === 'loading') {
    return <Message title="Loading dashboards …" testId="list-loading" />;
  }
  if (state.kind === 'failed') {
    return (
      <Message title="The dashboards could not be loaded" testId="list-error">
        Is the workbench still running? Restart it, then reload this page.
      </Message>
    );
  }
  if (state.hits.length === 0) {
    return (
      <Message title="No dashboards" testId="list-empty">
        The folder given to the workbench contains no dashboard JSON.
      </Message>
    );
  }
  return (
    <ul data-testid="dashboard-list" style={{ listStyle: 'none', maxWidth: 880, width: '100%', margin: '0 auto' }}>
      {state.hits.map((hit) => (
        <li key={hit.uid}>
          <Card noMargin href={hit.url} data-testid={`dashboard-${hit.uid}`} style={{ marginBottom: 8 }}>
            <Card.Heading>{hit.title}</Card.Heading>
            {hit.description !== undefined && <Card.Description>{hit.description}</Card.Description>}
            <Card.Tags>
              <TagList tags={[...hit.tags]} />
            </Card.Tags>
          </Card>
        </li>
      ))}
    </ul>
  );
}
