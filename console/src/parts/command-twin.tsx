/** The same from a shell: lines to copy, for what the screen shows or would do. */
import { Collapsible } from '@base-ui/react/collapsible';
import { defineText, useText } from '../text/define-text.ts';
import { CopyButton } from './copy-button.tsx';

const text = defineText(
  { title: 'The same from a shell', copy: 'Copy the command' },
  { title: '명령줄에서 같은 작업', copy: '명령 복사' },
);

export function CommandTwin({ commands }: { readonly commands: readonly string[] }) {
  const { title, copy } = useText(text);
  return (
    <Collapsible.Root className="twin">
      <Collapsible.Trigger className="twin-trigger">
        <span aria-hidden="true" className="twin-prompt">
          $
        </span>
        {title}
      </Collapsible.Trigger>
      <Collapsible.Panel className="twin-panel">
        {commands.map((command) => (
          <div key={command} className="twin-line">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <code tabIndex={0}>{command}</code>
            <CopyButton value={command} label={copy} />
          </div>
        ))}
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}
