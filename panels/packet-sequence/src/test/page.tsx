/** A page with the panel alone, for tests in a real browser: a script's packets in one panel, or in two with a shared crosshair. */
import { createTheme, DashboardCursorSync, EventBusSrv, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelContextProvider, PortalContainer } from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { panelProps } from '../../../shared/test/panel-props';
import { defaultOptions, type PacketSequenceOptions } from '../options';
import { PacketSequencePanel } from '../PacketSequencePanel';
import { packetFrames, type ScriptOptions } from './script';

interface PageInput {
  readonly script: string;
  readonly lanes?: ScriptOptions;
  readonly options?: Partial<PacketSequenceOptions>;
  readonly theme: 'dark' | 'light';
  readonly width: number;
  readonly height: number;
  readonly panels?: number;
  readonly crosshair?: 'shared' | 'off';
}

function show({ script, lanes, options, theme, width, height, panels = 1, crosshair = 'shared' }: PageInput): void {
  const colours = createTheme({ colors: { mode: theme } });
  document.body.style.background = colours.colors.background.canvas;
  const bus = new EventBusSrv();
  const sync = () => (crosshair === 'shared' ? DashboardCursorSync.Crosshair : DashboardCursorSync.Off);
  const frames = packetFrames(script, lanes);
  const host = document.createElement('main');
  document.body.replaceChildren(host);
  createRoot(host).render(
    <ThemeContext.Provider value={colours}>
      <GlobalStyles />
      <PortalContainer />
      <PanelContextProvider value={{ eventsScope: 'test', eventBus: bus, sync }}>
        {Array.from({ length: panels }, (_v, i) => (
          <section key={i} aria-label={`Panel ${i + 1}`} style={{ background: colours.colors.background.primary }}>
            <PacketSequencePanel
              {...panelProps<PacketSequenceOptions>({ ...defaultOptions, ...options }, frames, {
                id: i + 1,
                width,
                height,
                eventBus: bus.newScopedBus(`panel-${i}`, { onlyLocal: false }),
              })}
            />
          </section>
        ))}
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
}

Object.assign(globalThis, { show });
