/** The layers that a call has passed, from the top; the one that decided stands out. */
import { defineText, useText } from '../text/define-text.ts';
import { layerText } from './cause-text.ts';
import type { LayerStep, StatementMatch } from './denial-records.ts';
import { reasonText } from './reason-text.ts';
import { type StatementOwner, StatementText } from './statement-text.tsx';

const text = defineText(
  {
    title: 'The way of the call',
    request: 'The call',
    allow: 'allows',
    deny: 'denies',
    silent: 'says nothing',
    decided: 'This decided.',
    statement: (index: number, sid: string) => `Statement ${index}${sid}`,
    full: 'fits',
    near: (element: string) => `would fit but for its ${element}`,
    principal: 'principal',
    action: 'action',
    resource: 'resource',
    condition: 'condition',
    denied: 'Denied',
    allowed: 'Allowed',
  },
  {
    title: '요청이 지나간 단계',
    request: '요청',
    allow: '허용',
    deny: '거부',
    silent: '언급 없음',
    decided: '여기서 결정됐습니다.',
    statement: (index: number, sid: string) => `${index}번째 Statement${sid}`,
    full: '일치',
    near: (element: string) => `${element}만 맞지 않음`,
    principal: '주체(Principal)',
    action: '작업(Action)',
    resource: '리소스(Resource)',
    condition: '조건(Condition)',
    denied: '거부됨',
    allowed: '허용됨',
  },
);

const marks = { allow: '✓', deny: '✗', silent: '·' } as const;

interface LayerPictureProps {
  readonly layers: readonly LayerStep[];
  /** Whose it is, to find the policies. */
  readonly denial: StatementOwner | undefined;
}

export function LayerPicture({ layers, denial }: LayerPictureProps) {
  const words = useText(text);
  const names = useText(layerText);
  const say = useText(reasonText);
  const isAllowed = layers.at(-1)?.verdict === 'allow';
  return (
    <section className="card layers" aria-label={words.title}>
      <h2>{words.title}</h2>
      <ol>
        {layers.map((step, index) => {
          const isDecider = index === layers.length - 1;
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a layer may be asked more than once, in this order
              key={index}
              data-verdict={step.verdict}
              data-decided={isDecider ? true : undefined}
            >
              <span className="layer-mark" aria-hidden="true">
                {marks[step.verdict]}
              </span>
              <div className="layer-body">
                <h3>
                  {names[step.layer] ?? step.layer} <span className="faint">— {words[step.verdict]}</span>
                </h3>
                <p>{say(step.reason)}</p>
                {isDecider ? <p className="strong">{words.decided}</p> : null}
                <Statements step={step} denial={denial} />
              </div>
            </li>
          );
        })}
      </ol>
      <p className={isAllowed ? 'outcome state-on' : 'outcome state-off'}>
        {isAllowed ? words.allowed : words.denied}
      </p>
    </section>
  );
}

function Statements({
  step: { layer, statement, statements = [] },
  denial,
}: {
  readonly step: LayerStep;
  readonly denial: LayerPictureProps['denial'];
}) {
  const deciding = statement === undefined ? [] : [{ ...statement, effect: '', match: 'full' as const }];
  const rows: readonly StatementMatch[] = statements.length > 0 ? statements : deciding;
  return rows.map((row) => (
    <StatementRow
      key={`${row.policy?.id ?? ''} ${row.index}`}
      row={row}
      layer={layer}
      isDeciding={row.index === statement?.index && row.policy?.id === statement?.policy?.id}
      denial={denial}
    />
  ));
}

interface StatementRowProps {
  readonly row: StatementMatch;
  readonly layer: string;
  readonly isDeciding: boolean;
  readonly denial: LayerPictureProps['denial'];
}

function StatementRow({ row, layer, isDeciding, denial }: StatementRowProps) {
  const words = useText(text);
  const { index, sid, effect, match, failed, failedConditions = [], policy } = row;
  const element =
    failed === 'principal' || failed === 'action' || failed === 'resource' ? failed : 'condition';
  return (
    <div className={isDeciding ? 'statement deciding' : 'statement'}>
      <p>
        <strong>{policy?.name}</strong> {words.statement(index + 1, sid === undefined ? '' : ` “${sid}”`)}{' '}
        {effect} <em>{match === 'full' ? words.full : words.near(words[element])}</em>{' '}
        {failedConditions.join(', ')}
      </p>
      <StatementText index={index} policy={policy} layer={layer} denial={denial} />
    </div>
  );
}
