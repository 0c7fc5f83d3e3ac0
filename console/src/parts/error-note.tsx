import { ApiError } from '../api/api-error.ts';
import { defineText, useText } from '../text/define-text.ts';
import { describeError } from './describe-error.ts';
import { hrefOf } from './route.ts';

const text = defineText({ again: 'Try again', why: 'Why?' }, { again: '다시 시도', why: '이유 보기' });

/** An error where something should have been. */
export function ErrorNote({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { again, why } = useText(text);
  const { title, detail } = describeError(error);
  const isDenied = error instanceof ApiError && error.status === 403 && error.requestId !== undefined;
  return (
    <div className="error-note" role="alert">
      <p className="error-title">{title}</p>
      <p className="error-detail">{detail}</p>
      <div className="button-row">
        {onRetry === undefined ? null : (
          <button type="button" onClick={onRetry}>
            {again}
          </button>
        )}
        {isDenied ? (
          <a className="button" href={hrefOf('denials', error.requestId ?? '')}>
            {why}
          </a>
        ) : null}
      </div>
    </div>
  );
}
