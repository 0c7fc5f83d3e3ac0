import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface TabSpec {
  readonly value: string;
  readonly label: string;
  readonly content: ReactNode;
}

export function TabList({
  tabs,
  value,
  onChange,
}: {
  readonly tabs: readonly TabSpec[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Tabs.Root value={value} onValueChange={(next) => onChange(String(next))} className="tabs">
      <Tabs.List className="tab-list">
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.value} value={tab.value} className="tab">
            {tab.label}
          </Tabs.Tab>
        ))}
        <Tabs.Indicator className="tab-indicator" />
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.value} value={tab.value} className="tab-panel">
          {tab.content}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
