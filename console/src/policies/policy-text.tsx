/** A policy as text, checked while one types: is it JSON, and where is it not, and has it the parts that a policy has. */
import { useId } from 'react';
import { defineText, textNow, useText } from '../text/define-text.ts';

const text = defineText(
  {
    sound: 'This is well-formed. What it means is checked when it is saved.',
    empty: 'No policy.',
    notJson: (line: number, column: number) => `Not JSON: line ${line}, column ${column}.`,
    notObject: 'A policy is an object with "Statement".',
    noEffect: (index: number) => `Statement ${index} needs "Effect": "Allow" or "Deny".`,
    noAction: (index: number) => `Statement ${index} needs "Action" or "NotAction".`,
  },
  {
    sound: '형식이 올바릅니다. 내용은 저장할 때 검사합니다.',
    empty: '정책이 없습니다.',
    notJson: (line: number, column: number) => `JSON이 아닙니다: ${line}행 ${column}열.`,
    notObject: '정책은 "Statement"가 있는 객체입니다.',
    noEffect: (index: number) => `${index}번째 Statement에 "Effect": "Allow" 또는 "Deny"가 필요합니다.`,
    noAction: (index: number) => `${index}번째 Statement에 "Action" 또는 "NotAction"이 필요합니다.`,
  },
);

/** A sentence; undefined when nothing is wrong with its form. */
export function policyProblem(policy: string): string | undefined {
  const words = textNow(text);
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch (error) {
    const [line, column] = placeOf(policy, error instanceof Error ? error.message : '');
    return words.notJson(line, column);
  }
  if (!isRecord(document) || document['Statement'] === undefined) return words.notObject;
  const statements: unknown[] = [document['Statement']].flat();
  for (const [index, statement] of statements.entries()) {
    if (!isRecord(statement)) return words.notObject;
    if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') return words.noEffect(index + 1);
    if (statement['Action'] === undefined && statement['NotAction'] === undefined)
      return words.noAction(index + 1);
  }
  return undefined;
}

/** Engines name the position, or the line and column, or neither: then it is the end. */
function placeOf(policy: string, message: string): readonly [line: number, column: number] {
  const named = /line (\d+) column (\d+)/.exec(message);
  if (named !== null) return [Number(named[1]), Number(named[2])];
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? policy.length);
  const before = policy.slice(0, position).split('\n');
  return [before.length, (before.at(-1)?.length ?? 0) + 1];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface PolicyTextProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const LINES_MIN = 10;
const LINES_MAX = 28;

export function PolicyText({ label, value, onChange }: PolicyTextProps) {
  const words = useText(text);
  const id = useId();
  const problem = value.trim() === '' ? undefined : policyProblem(value);
  const lines = value.split('\n').length + 1;
  return (
    <div className="field">
      <textarea
        id={id}
        className="mono"
        aria-label={label}
        aria-describedby={`${id}-state`}
        aria-invalid={problem === undefined ? undefined : true}
        rows={Math.min(LINES_MAX, Math.max(LINES_MIN, lines))}
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p
        id={`${id}-state`}
        className={problem === undefined ? 'field-hint' : 'field-problem'}
        aria-live="polite"
      >
        {problem ?? (value.trim() === '' ? words.empty : words.sound)}
      </p>
    </div>
  );
}
