import { type PanelProps, renderMarkdown, textUtil } from '@grafana/data';
import { RenderUserContentAsHTML, ScrollContainer } from '@grafana/ui';
import React, { useMemo } from 'react';

export interface TextOptions {
  readonly mode?: 'markdown' | 'html' | 'code';
  readonly content?: string;
}

export function TextPanel({ options, replaceVariables }: PanelProps<TextOptions>) {
  const content = replaceVariables(options.content ?? '', {}, 'html');
  const html = useMemo(
    () => (options.mode === 'html' ? textUtil.sanitize(content) : renderMarkdown(content)),
    [content, options.mode]
  );
  return (
    <ScrollContainer data-testid="core-text">
      {options.mode === 'code' ? (
        <pre>{content}</pre>
      ) : (
        <RenderUserContentAsHTML content={html} className="markdown-html" />
      )}
    </ScrollContainer>
  );
}
