import { useState } from 'react';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText({ copy: 'Copy', copied: 'Copied' }, { copy: '복사', copied: '복사됨' });
const SHOWN_MILLIS = 2000;

export function CopyButton({ value, label }: { readonly value: string; readonly label?: string }) {
  const { copy, copied } = useText(text);
  const [isCopied, setCopied] = useState(false);
  const onClick = async (): Promise<void> => {
    if (!(await copyText(value))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MILLIS);
  };
  return (
    <button type="button" className="small" onClick={() => void onClick()} aria-label={label}>
      <span aria-live="polite">{isCopied ? copied : copy}</span>
    </button>
  );
}

/** The clipboard API is there over TLS and on this machine only; elsewhere an old command still works. */
async function copyText(value: string): Promise<boolean> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(value);
    return true;
  }
  const area = document.createElement('textarea');
  area.value = value;
  area.readOnly = true;
  area.className = 'off-screen';
  document.body.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  return isDone;
}
