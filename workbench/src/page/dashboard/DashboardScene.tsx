import { type GrafanaTheme2 } from '@grafana/data';
import {
  type SceneComponentProps,
  type SceneObject,
  SceneObjectBase,
  type SceneObjectState,
  type SceneRefreshPicker,
  type SceneTimePicker,
  type VariableValueSelectors,
} from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React from 'react';
import { type ClassicDashboardLink } from './classic-dashboard';
import { AnnotationControls } from './AnnotationControls';
import { DashboardLinks } from './DashboardLinks';

interface DashboardSceneState extends SceneObjectState {
  readonly links: readonly ClassicDashboardLink[];
  readonly variableControls: VariableValueSelectors;
  readonly timeControls: ReadonlyArray<SceneTimePicker | SceneRefreshPicker>;
  readonly body: SceneObject;
}

/** A dashboard as Grafana lays it out: variables on the left, time on the right, panels below. */
export class DashboardScene extends SceneObjectBase<DashboardSceneState> {
  static Component = DashboardSceneView;
}

function DashboardSceneView({ model }: SceneComponentProps<DashboardScene>) {
  const { links, variableControls, timeControls, body } = model.useState();
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.page} data-testid={`dashboard-page-${model.state.key}`}>
      <div className={styles.controls} data-testid="dashboard-controls">
        <div className={styles.variables}>
          <DashboardLinks links={links} scene={model} />
          <variableControls.Component model={variableControls} />
          <AnnotationControls scene={model} />
        </div>
        <div className={styles.time}>
          {timeControls.map((control) => (
            <control.Component key={control.state.key} model={control as never} />
          ))}
        </div>
      </div>
      <div className={styles.body}>
        <body.Component model={body} />
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, gap: theme.spacing(1), minWidth: 0 }),
  controls: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'flex-start',
    gap: theme.spacing(1, 2),
    [theme.breakpoints.down('md')]: { flexDirection: 'column-reverse' },
  }),
  variables: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1, 2),
    minWidth: 0,
    maxWidth: '100%',
    // A long id scrolls in its field rather than the page sideways.
    '& > *': { maxWidth: '100%', minWidth: 0 },
    '& input': { maxWidth: '100%', minWidth: 0 },
    '& div': { minWidth: 0 },
  }),
  time: css({ display: 'flex', gap: theme.spacing(1), flexShrink: 0, marginLeft: 'auto' }),
  body: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, position: 'relative' }),
});
