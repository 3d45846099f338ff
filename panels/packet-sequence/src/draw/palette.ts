import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { type Tone } from '../model/arrow-look';
import { type Palette } from './drawing';

export function ladderPalette(theme: GrafanaTheme2, own: Readonly<Partial<Record<Tone, string>>> = {}): Palette {
  const colour = (name: string) => theme.visualization.getColorByName(name);
  return {
    tones: {
      plain: colour(theme.isDark ? 'light-blue' : 'blue'),
      payload: colour(theme.isDark ? 'green' : 'dark-green'),
      muted: theme.colors.text.disabled,
      attention: colour(theme.isDark ? 'orange' : 'dark-orange'),
      warning: colour(theme.isDark ? 'yellow' : 'dark-yellow'),
      danger: colour(theme.isDark ? 'red' : 'dark-red'),
      ...chosen(own, colour),
    },
    text: {
      plain: theme.colors.text.primary,
      payload: theme.colors.text.primary,
      muted: theme.colors.text.secondary,
      attention: theme.colors.warning.text,
      warning: theme.colors.warning.text,
      danger: theme.colors.error.text,
    },
    background: theme.colors.background.primary,
    laneLine: theme.colors.border.medium,
    selected: theme.colors.action.selected,
    request: colorManipulator.alpha(theme.colors.primary.main, 0.07),
    match: theme.colors.action.hover,
    synced: theme.colors.action.focus,
    bracket: theme.colors.primary.border,
    captureLoss: theme.colors.error.text,
    font: `11px ${theme.typography.fontFamily}`,
  };
}

function chosen(own: Readonly<Partial<Record<Tone, string>>>, colour: (name: string) => string) {
  return Object.fromEntries(
    Object.entries(own)
      .filter(([, name]) => name !== '')
      .map(([tone, name]) => [tone, colour(name)])
  );
}
