import { type SceneDataLayerProvider, SceneDataLayerSet, type SceneObject } from '@grafana/scenes';
import { InlineSwitch } from '@grafana/ui';
import React from 'react';

/** A switch for each annotation query of a dashboard. */
export function AnnotationControls({ scene }: { readonly scene: SceneObject }) {
  const { $data } = scene.useState();
  return $data instanceof SceneDataLayerSet
    ? $data.state.layers.map((layer) => <AnnotationSwitch key={layer.state.key} layer={layer} />)
    : null;
}

function AnnotationSwitch({ layer }: { readonly layer: SceneDataLayerProvider }) {
  const { name, isEnabled, isHidden } = layer.useState();
  return isHidden ? null : (
    <InlineSwitch
      label={name}
      showLabel={true}
      value={isEnabled ?? true}
      onChange={({ currentTarget }) => layer.setState({ isEnabled: currentTarget.checked })}
    />
  );
}
