import { useEffect } from 'react';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  { title: 'The server does not answer', wait: 'Trying again every few seconds.', now: 'Try now' },
  { title: '서버가 응답하지 않습니다', wait: '몇 초마다 다시 연결을 시도합니다.', now: '지금 시도' },
);
const AGAIN_MILLIS = 3000;

export function Unreachable({ onRetry }: { readonly onRetry: () => void }) {
  const { title, wait, now } = useText(text);
  useEffect(() => {
    const timer = setInterval(onRetry, AGAIN_MILLIS);
    return () => clearInterval(timer);
  }, [onRetry]);
  return (
    <main className="centred">
      <div className="card" role="alert">
        <h1>{title}</h1>
        <p>{wait}</p>
        <button type="button" onClick={onRetry}>
          {now}
        </button>
      </div>
    </main>
  );
}
