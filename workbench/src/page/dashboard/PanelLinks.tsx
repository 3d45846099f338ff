import { type SceneComponentProps, sceneGraph, SceneObjectBase, type SceneObjectState } from '@grafana/scenes';
import { PanelChrome } from '@grafana/ui';
import React from 'react';

interface PanelLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank?: boolean;
}

interface PanelLinksState extends SceneObjectState {
  readonly links: readonly PanelLink[];
}

/** Links beside a panel's title. */
export class PanelLinks extends SceneObjectBase<PanelLinksState> {
  static Component = ({ model }: SceneComponentProps<PanelLinks>) => {
    const { links } = model.useState();
    return (
      <>
        {links.map((link) => (
          <PanelChrome.TitleItem
            key={link.url}
            title={sceneGraph.interpolate(model, link.title)}
            href={sceneGraph.interpolate(model, link.url)}
            target={link.targetBlank ? '_blank' : undefined}
          >
            {sceneGraph.interpolate(model, link.title)}
          </PanelChrome.TitleItem>
        ))}
      </>
    );
  };
}
