import { Button, Dropdown, Menu } from '@grafana/ui';
import React from 'react';

interface MenuChoice {
  readonly label: string;
  readonly active?: boolean;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}

export interface MenuSection {
  readonly title?: string;
  readonly choices: readonly MenuChoice[];
}

interface Props {
  readonly label: string;
  /** For screen readers; the label if there is none. */
  readonly name?: string;
  readonly sections: readonly MenuSection[];
}

/** A button that opens a menu. */
export function MenuButton({ label, name, sections }: Props) {
  const menu = (
    <Menu ariaLabel={name ?? label}>
      {sections.map((section, i) => (
        <Menu.Group key={i} label={section.title}>
          {section.choices.map(({ label: text, active, disabled, onChoose }) => (
            <Menu.Item
              key={text}
              label={text}
              icon={active === undefined ? undefined : active ? 'check' : 'minus'}
              active={active}
              disabled={disabled}
              onClick={onChoose}
            />
          ))}
        </Menu.Group>
      ))}
    </Menu>
  );
  return (
    <Dropdown overlay={menu} placement="bottom-start">
      <Button size="sm" variant="secondary" fill="outline" icon="angle-down" aria-label={name ?? label}>
        {label}
      </Button>
    </Dropdown>
  );
}
