/** What has happened, said once and aloud, at the edge of the page. Errors stay until they are read. */
import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';
import { defineText, textNow, useText } from '../text/define-text.ts';
import { describeError } from './describe-error.ts';

const text = defineText({ dismiss: 'Dismiss', list: 'Messages' }, { dismiss: '닫기', list: '알림' });

const notices = Toast.createToastManager();

export function notify(title: string): void {
  notices.add({ title, type: 'done' });
}

export function notifyError(title: string, error: unknown): void {
  const { title: what, detail } = describeError(error);
  notices.add({
    title,
    description: detail === '' ? what : `${what} (${detail})`,
    type: 'error',
    timeout: 0,
    priority: 'high',
  });
}

export function Notices({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={notices} limit={5}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="notices" aria-label={textNow(text).list}>
          <NoticeList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function NoticeList() {
  const { toasts } = Toast.useToastManager();
  const { dismiss } = useText(text);
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="notice" data-kind={toast.type}>
      <Toast.Content className="notice-content">
        <Toast.Title className="notice-title" />
        <Toast.Description className="notice-detail" />
      </Toast.Content>
      <Toast.Close className="icon-button" aria-label={dismiss}>
        ×
      </Toast.Close>
    </Toast.Root>
  ));
}
