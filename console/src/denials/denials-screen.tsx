import { PageHead } from '../parts/page-head.tsx';
import { goTo } from '../parts/route.ts';
import { TabList } from '../parts/tab-list.tsx';
import { defineText, useText } from '../text/define-text.ts';
import { DenialDetails } from './denial-details.tsx';
import { DenialList } from './denial-list.tsx';
import { Simulator } from './simulator.tsx';

const text = defineText(
  { title: 'Denied?', list: 'Denials', simulator: 'Simulator' },
  { title: '왜 거부됐나요?', list: '거부 내역', simulator: '시뮬레이터' },
);

/** `rest`: nothing, `simulator` and perhaps a bucket, or the id of the request that was denied. */
export function DenialsScreen({ rest }: { readonly rest: readonly string[] }) {
  const words = useText(text);
  const [first, bucket = ''] = rest;
  if (first !== undefined && first !== 'simulator') return <DenialDetails key={first} requestId={first} />;
  return (
    <>
      <PageHead title={words.title} />
      <TabList
        value={first ?? 'list'}
        onChange={(tab) => (tab === 'simulator' ? goTo('denials', 'simulator') : goTo('denials'))}
        tabs={[
          { value: 'list', label: words.list, content: <DenialList /> },
          { value: 'simulator', label: words.simulator, content: <Simulator key={bucket} bucket={bucket} /> },
        ]}
      />
    </>
  );
}
