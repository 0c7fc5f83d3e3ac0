import { useQuery, useQueryClient } from '@tanstack/react-query';
import { adminCurl, adminPath } from '../api/admin-api.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { FactList } from '../parts/fact-list.tsx';
import { Loaded } from '../parts/loading.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { hrefOf } from '../parts/route.ts';
import { commandLine } from '../parts/shell-words.ts';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { causeText } from './cause-text.ts';
import { Changes } from './changes.tsx';
import { partyName } from './denial-list.tsx';
import { type Denial, readDenial } from './denial-records.ts';
import { LayerPicture } from './layer-picture.tsx';

const text = defineText(
  {
    list: 'Denials',
    title: 'Why was this denied?',
    now: 'The same call would be allowed now.',
    notNow: 'The same call would be denied now, too.',
    who: 'Who',
    nobody: 'nobody',
    action: 'Action',
    where: 'On what',
    when: 'When',
    from: 'From',
    request: 'Request id',
    candidates: 'What it may be',
    proof: 'The proof of identity was refused',
  },
  {
    list: '거부 내역',
    title: '왜 거부됐나요?',
    now: '같은 요청을 지금 보내면 허용됩니다.',
    notNow: '같은 요청을 지금 보내도 거부됩니다.',
    who: '호출자',
    nobody: '로그인 안 함',
    action: '작업',
    where: '대상',
    when: '일시',
    from: '주소',
    request: '요청 ID',
    candidates: '가능한 원인',
    proof: '신원 증명이 거부됐습니다',
  },
);

export function DenialDetails({ requestId }: { readonly requestId: string }) {
  const words = useText(text);
  const session = useSession();
  const queries = useQueryClient();
  const queryKey = ['denial', requestId];
  const query = useQuery({ queryKey, queryFn: () => readDenial(requestId) });
  return (
    <>
      <PageHead
        title={words.title}
        path={
          <p className="crumbs">
            <a href={hrefOf('denials')}>{words.list}</a> / <code>{requestId}</code>
          </p>
        }
      />
      <Loaded query={query}>
        {(denial) => <Explanation denial={denial} onApplied={() => queries.refetchQueries({ queryKey })} />}
      </Loaded>
      <CommandTwin
        commands={[
          commandLine('gotgan', 'explain', requestId),
          adminCurl(session, 'GET', adminPath('denials', requestId)),
        ]}
      />
    </>
  );
}

interface ExplanationProps {
  readonly denial: Denial;
  readonly onApplied: () => Promise<void>;
}

function Explanation({ denial, onApplied }: ExplanationProps) {
  const words = useText(text);
  const causes = useText(causeText);
  const { cause, allowedNow, layers, credential, candidates = [] } = denial;
  return (
    <>
      <p className="cause">{causes[cause] ?? cause}</p>
      {allowedNow === undefined ? null : (
        <p className={allowedNow ? 'good-note' : 'warning'} role="status">
          {allowedNow ? words.now : words.notNow}
        </p>
      )}
      <div className="denial">
        <div>
          <Facts denial={denial} />
          {credential === undefined ? null : (
            <section className="card">
              <h2>{words.proof}</h2>
              <p>{credential.advice}</p>
            </section>
          )}
          {candidates.length === 0 ? null : (
            <section className="card">
              <h2>{words.candidates}</h2>
              <ul>
                {candidates.map(({ code, wording }) => (
                  <li key={code}>{wording}</li>
                ))}
              </ul>
            </section>
          )}
          {layers === undefined ? null : (
            <Changes explained={denial} account={denial.principal.account} onApplied={onApplied} />
          )}
        </div>
        {layers === undefined ? null : <LayerPicture layers={layers} denial={denial} />}
      </div>
    </>
  );
}

function Facts({ denial }: { readonly denial: Denial }) {
  const words = useText(text);
  const language = useLanguage();
  const { principal, action, operation, bucket, key, path, time, source, requestId, method } = denial;
  return (
    <section className="card">
      <FactList
        facts={[
          [words.who, partyName(principal) ?? words.nobody],
          [words.action, `${action?.name ?? operation} (${method})`],
          [words.where, bucket === undefined ? path : [bucket, key].filter(Boolean).join('/')],
          [words.when, formatTime(time, language)],
          [words.from, source],
          [words.request, <code key="id">{requestId}</code>],
        ]}
      />
    </section>
  );
}
