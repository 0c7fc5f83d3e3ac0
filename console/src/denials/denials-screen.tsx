import { PageHead } from '../parts/page-head.tsx';
import { defineText, useText } from '../text/define-text.ts';
import { DenialDetails } from './denial-details.tsx';
import { DenialList } from './denial-list.tsx';

const text = defineText({ title: 'Denied?' }, { title: '왜 거부됐나요?' });

/** `rest`: nothing, or the id of the request that was denied. */
export function DenialsScreen({ rest }: { readonly rest: readonly string[] }) {
  const { title } = useText(text);
  const [requestId] = rest;
  if (requestId !== undefined) return <DenialDetails key={requestId} requestId={requestId} />;
  return (
    <>
      <PageHead title={title} />
      <DenialList />
    </>
  );
}
