import type { BucketAddress } from '../s3/s3-address.ts';
import { defineText, useText } from '../text/define-text.ts';
import { folderHref } from './object-routes.ts';

const text = defineText({ path: 'Folder', root: 'Top' }, { path: '폴더 위치', root: '최상위' });

export function FolderPath({
  address,
  prefix,
}: {
  readonly address: BucketAddress;
  readonly prefix: string;
}) {
  const { path, root } = useText(text);
  const parts = prefix.split('/').slice(0, -1);
  return (
    <nav aria-label={path} className="folder-path">
      <ol>
        <li>
          <a href={folderHref(address, '')} aria-current={parts.length === 0 ? 'page' : undefined}>
            {root}
          </a>
        </li>
        {parts.map((part, index) => {
          const below = `${parts.slice(0, index + 1).join('/')}/`;
          return (
            <li key={below}>
              <a href={folderHref(address, below)} aria-current={below === prefix ? 'page' : undefined}>
                {part === '' ? '""' : part}
              </a>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
