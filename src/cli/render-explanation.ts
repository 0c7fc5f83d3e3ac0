/** An explanation as a picture of layers: from the first that was asked down to the one that decided, and what to change. */
import { showValue } from './show-value.ts';

type Json = Readonly<Record<string, unknown>>;

const marks: Readonly<Record<string, string>> = { allow: '✔', deny: '✘', silent: '│' };

export function renderExplanation(shown: Json, forPerson: boolean): string {
  const lines = [
    ...headOf(shown, forPerson),
    '',
    ...listOf(shown['layers']).flatMap((step) => layerLines(step)),
    ...proofLines(shown),
    ...changeLines(shown),
    ...nowLines(shown),
  ];
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

function headOf(shown: Json, forPerson: boolean): string[] {
  const { status, code, method, path, api, cause } = shown;
  const line = (name: string, value: string) => (value === '' ? [] : [`  ${name.padEnd(10)}${value}`]);
  const verdict =
    shown['allowed'] === true
      ? 'Allowed'
      : shown['allowed'] === false
        ? 'Denied'
        : `Denied: ${text(code ?? status)}`;
  return [
    `${verdict}${method === undefined ? '' : `  ${text(method)} ${text(path)} (${text(api)})`}`,
    ...line('when', showValue(shown['time'] ?? '', 'time', forPerson).replace(/^-$/, '')),
    ...line('who', whoOf(shown)),
    ...line('what', whatOf(shown)),
    ...line('from', text(shown['source'])),
    ...line('cause', text(cause)),
    ...line('unusable', text(shown['unusable'])),
  ];
}

function whoOf({ principal, proof }: Json): string {
  const { kind, name, id, session, account } = recordOf(principal);
  if (kind === undefined) return '';
  const { accessKeyId } = recordOf(proof);
  const named = kind === 'anonymous' ? 'nobody known' : `${text(kind)} ${text(name ?? id)}`;
  return [
    named,
    session === undefined ? '' : `in session ${text(session)}`,
    account === undefined ? '' : `of account ${text(account)}`,
    accessKeyId === undefined ? '' : `with key ${text(accessKeyId)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function whatOf({ action, bucket, key }: Json): string {
  const { name, core } = recordOf(action);
  const what = text(name ?? core);
  const where = [bucket, key]
    .filter((part) => part !== undefined)
    .map(text)
    .join('/');
  return [what, where].filter((part) => part !== '').join(' on ');
}

const LAYER_WIDTH = 22;

function layerLines(step: Json): string[] {
  const verdict = text(step['verdict']);
  const mark = marks[verdict] ?? ' ';
  const first = `  ${mark} ${text(step['layer']).padEnd(LAYER_WIDTH)}${text(step['reason'])}`;
  return [first, ...listOf(step['statements']).map(statementLine)];
}

function statementLine(statement: Json): string {
  const { effect, match, failed, failedConditions, sid, index } = statement;
  const policy = recordOf(statement['policy']);
  const of = policy['id'] === undefined ? '' : ` of ${quoted(policy['name'] ?? '') || text(policy['id'])}`;
  const named = `${text(effect)} statement ${Number(index) + 1}${sid === undefined ? '' : ` ${quoted(sid)}`}${of}`;
  const why =
    match === 'full'
      ? 'matches'
      : `fits but for its ${text(failed)}${Array.isArray(failedConditions) ? ` (${failedConditions.map(text).join(', ')})` : ''}`;
  return `  │   ${match === 'full' ? '●' : '○'} ${named}: ${why}`;
}

function proofLines(shown: Json): string[] {
  const { advice } = recordOf(shown['credential']);
  const signature = recordOf(shown['signature']);
  const candidates = listOf(shown['candidates']);
  return [
    ...(advice === undefined ? [] : ['', `  ✘ ${text(advice)}`]),
    ...(signature['advice'] === undefined
      ? []
      : [
          `    ${signature['rewrite'] === undefined ? '' : `${text(signature['rewrite'])}: `}${text(signature['advice'])}`,
        ]),
    ...candidates.flatMap(({ code, wording }) => ['', `  ${text(code)}: ${text(wording)}`]),
  ];
}

function changeLines(shown: Json): string[] {
  // A cloud's own words go before those that every policy language has.
  const repaired = listOf(shown['candidates']).find(({ repair }) => repair !== undefined);
  if (repaired !== undefined) {
    const policy = JSON.stringify(repaired['repair']);
    return [
      '',
      'This policy would allow it (POST it to /v2/policies; --repair prints it alone):',
      `  ${policy}`,
    ];
  }
  const smallest = shown['smallestChange'];
  const together = listOf(shown['changesTogether']);
  if (smallest !== undefined) {
    return ['', 'The smallest change that would allow it:', ...repairLines(recordOf(smallest))];
  }
  if (together.length === 0) return [];
  return ['', 'No single change allows it, but these together do:', ...together.flatMap(repairLines)];
}

function repairLines({ sentence, patch, document }: Json): string[] {
  return [
    `  ${text(sentence)}`,
    ...(Array.isArray(patch) ? patch.map((step) => `    ${JSON.stringify(step)}`) : []),
    ...(document === undefined ? [] : [`    ${JSON.stringify(document)}`]),
  ];
}

function nowLines({ allowedNow, leftOut }: Json): string[] {
  const now =
    allowedNow === undefined
      ? []
      : [
          '',
          allowedNow === true ? 'Asked now, it would be allowed.' : 'Asked now, it would still be denied.',
        ];
  const more = leftOut === undefined ? [] : [`${text(leftOut)} more like it were only counted.`];
  return [...now, ...more];
}

function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

function quoted(value: unknown): string {
  return value === '' ? '' : JSON.stringify(text(value));
}

/** Names may hold anything: no control character reaches a terminal. */
function text(value: unknown): string {
  return value === undefined || value === null ? '' : showValue(value, 'text', false);
}
