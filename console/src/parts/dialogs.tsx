/** Dialogs of the page: one in the middle, one at the side, and one that asks before something is lost. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useState } from 'react';
import { defineText, useText } from '../text/define-text.ts';
import { ErrorNote } from './error-note.tsx';

const text = defineText(
  { close: 'Close', cancel: 'Cancel', working: 'Working …' },
  { close: '닫기', cancel: '취소', working: '처리 중…' },
);

export interface PopupProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  readonly place?: 'middle' | 'side';
}

export function Popup({ isOpen, onClose, title, description, children, place = 'middle' }: PopupProps) {
  const { close } = useText(text);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className={place === 'side' ? 'popup side' : 'popup'}>
          <header className="popup-head">
            <Dialog.Title className="popup-title">{title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={close}>
              ×
            </Dialog.Close>
          </header>
          {description === undefined ? null : (
            <Dialog.Description render={<div />} className="popup-description">
              {description}
            </Dialog.Description>
          )}
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export interface QuestionProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly isBlocked?: boolean;
  /** The dialog closes when it has succeeded, and shows why when it has not. */
  readonly onConfirm: () => Promise<void>;
}

export function Question(props: QuestionProps) {
  const {
    isOpen,
    onClose,
    title,
    children,
    action,
    isDangerous = true,
    isBlocked = false,
    onConfirm,
  } = props;
  const { cancel, working } = useText(text);
  const [error, setError] = useState<unknown>();
  const [isRunning, setRunning] = useState(false);
  const confirm = async (): Promise<void> => {
    setRunning(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setRunning(false);
    }
  };
  const change = (open: boolean): void => {
    if (open) return;
    setError(undefined);
    onClose();
  };
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={change}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="popup">
          <AlertDialog.Title className="popup-title">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="popup-description">
            {children}
          </AlertDialog.Description>
          {error === undefined ? null : <ErrorNote error={error} />}
          <div className="button-row end">
            <AlertDialog.Close className="button">{cancel}</AlertDialog.Close>
            <button
              type="button"
              className={isDangerous ? 'danger' : 'primary'}
              disabled={isRunning || isBlocked}
              onClick={() => void confirm()}
            >
              {isRunning ? working : action}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
