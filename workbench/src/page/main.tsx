import { createTheme, ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import * as z from 'zod';
import { App } from './app/App';
import { Message } from './app/Message';
import { readTheme } from './app/theme-choice';
import { installHost } from './host/install';
import './page.css';

// The content security policy forbids code made from text, which zod would otherwise try.
z.config({ jitless: true });

async function start(element: HTMLElement): Promise<void> {
  const root = createRoot(element);
  try {
    root.render(<App host={await installHost()} />);
  } catch (error) {
    const theme = createTheme({ colors: { mode: readTheme(window.location.search, window.localStorage) } });
    root.render(
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <Message title="The workbench cannot start" testId="workbench-failed">
          {error instanceof Error ? error.message : 'Its server does not respond. Restart it, then reload this page.'}
        </Message>
      </ThemeContext.Provider>
    );
  }
}

const element = document.getElementById('root');
if (element !== null) {
  void start(element);
}
