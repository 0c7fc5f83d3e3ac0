/** A look at what is inside, by a range of it: pictures and moving pictures by the browser's own means, text as text. */
import { useQuery } from '@tanstack/react-query';
import { urlOf } from '../api/send-request.ts';
import { Loaded } from '../parts/loading.tsx';
import { type ObjectAddress, objectPath } from '../s3/s3-address.ts';
import { type ObjectHead, readRange } from '../s3/s3-objects.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    preview: 'Preview',
    none: 'There is no preview of this kind of object.',
    cut: (shown: string) => `The first ${shown} are shown.`,
  },
  {
    preview: '미리 보기',
    none: '이 형식은 미리 볼 수 없습니다.',
    cut: (shown: string) => `처음 ${shown}만 표시합니다.`,
  },
);

const TEXT_BYTES_MAX = 64 * 1024;
/** A picture is held whole in memory. */
const PICTURE_BYTES_MAX = 32 * 1024 * 1024;

type Kind = 'picture' | 'video' | 'audio' | 'text' | 'none';

function kindOf({ contentType, size }: ObjectHead, key: string): Kind {
  const type = contentType.toLowerCase();
  if (type.startsWith('image/')) return size <= PICTURE_BYTES_MAX ? 'picture' : 'none';
  if (type.startsWith('video/')) return 'video';
  if (type.startsWith('audio/')) return 'audio';
  const isText = /^(?:text\/|application\/(?:json|xml|x-ndjson|yaml|toml|javascript))/.test(type);
  return isText || /\.(?:txt|md|csv|log|json|ya?ml|xml|toml|ini|conf|sh|py|ts|js)$/i.test(key)
    ? 'text'
    : 'none';
}

interface ObjectPreviewProps {
  readonly address: ObjectAddress;
  readonly head: ObjectHead;
}

export function ObjectPreview({ address, head }: ObjectPreviewProps) {
  const { preview, none } = useText(text);
  const url = urlOf(objectPath(address));
  const kind = kindOf(head, address.key);
  return (
    <section className="preview" aria-label={preview}>
      <h2>{preview}</h2>
      {kind === 'none' ? <p className="faint">{none}</p> : null}
      {kind === 'picture' ? <img src={url} alt={address.key} /> : null}
      {/* biome-ignore lint/a11y/useMediaCaption: whose captions nobody has stored */}
      {kind === 'video' ? <video src={url} controls preload="metadata" aria-label={address.key} /> : null}
      {/* biome-ignore lint/a11y/useMediaCaption: whose captions nobody has stored */}
      {kind === 'audio' ? <audio src={url} controls preload="metadata" aria-label={address.key} /> : null}
      {kind === 'text' ? <TextPreview address={address} head={head} /> : null}
    </section>
  );
}

function TextPreview({ address, head }: ObjectPreviewProps) {
  const { cut } = useText(text);
  const language = useLanguage();
  const { place, bucket, key } = address;
  const query = useQuery({
    queryKey: ['preview', place, bucket, key, head.etag],
    queryFn: () => (head.size === 0 ? '' : readRange(address, Math.min(head.size, TEXT_BYTES_MAX))),
  });
  return (
    <Loaded query={query}>
      {(content) => (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{content}</pre>
          {head.size > TEXT_BYTES_MAX ? (
            <p className="faint">{cut(formatBytes(TEXT_BYTES_MAX, language))}</p>
          ) : null}
        </>
      )}
    </Loaded>
  );
}
