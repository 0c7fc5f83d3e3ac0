import type { ReactNode } from 'react';

/** The heading of a screen, with where one is and what one can do there. */
export function PageHead({
  title,
  path,
  children,
}: {
  readonly title: ReactNode;
  readonly path?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <header className="page-head">
      <div className="page-title">
        {path}
        <h1>{title}</h1>
      </div>
      {children === undefined ? null : <div className="button-row">{children}</div>}
    </header>
  );
}
