/**
 * Changes of policy documents in the AWS language, as JSON Patch (RFC 6902): what somebody does in an editor, named exactly. Only the
 * form that documents really have is known: one statement or a list, one action or a list.
 */

export interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove';
  /** JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly value?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Elements of a statement that name what it is about. */
export type ListElement = 'Action' | 'Resource';

/** So that an element of the statement covers the value, too. Undefined when it is written in a form that cannot be added to. */
export function addToElement(
  document: string,
  index: number,
  element: ListElement,
  value: string,
): readonly PatchStep[] | undefined {
  const found = statementAt(document, index);
  if (found === undefined) return undefined;
  const path = `${found.path}/${element}`;
  return addTo(found.statement[element], path, value) ?? takeFrom(found, `Not${element}`, value);
}

function addTo(present: unknown, path: string, value: string): readonly PatchStep[] | undefined {
  if (Array.isArray(present)) return [{ op: 'add', path: `${path}/-`, value }];
  return typeof present === 'string' ? [{ op: 'replace', path, value: [present, value] }] : undefined;
}

/** Of an element that names exceptions, when it names exactly this one beside others. */
function takeFrom({ statement, path }: FoundStatement, element: string, value: string) {
  const present = statement[element];
  if (!Array.isArray(present) || present.length < 2) return undefined;
  const at = present.findIndex(
    (name) => typeof name === 'string' && name.toLowerCase() === value.toLowerCase(),
  );
  return at < 0 ? undefined : [{ op: 'remove' as const, path: `${path}/${element}/${at}` }];
}

export function addPrincipal(
  document: string,
  index: number,
  principal: '*' | string,
): readonly PatchStep[] | undefined {
  const found = statementAt(document, index);
  const present = found?.statement['Principal'];
  if (found === undefined || present === undefined) return undefined;
  const path = `${found.path}/Principal`;
  if (principal === '*') return [{ op: 'replace', path, value: '*' }];
  if (typeof present !== 'object' || present === null) return undefined;
  const named = (present as Json)['AWS'];
  return named === undefined
    ? [{ op: 'add', path: `${path}/AWS`, value: principal }]
    : addTo(named, `${path}/AWS`, principal);
}

/** So that a condition holds for the value, too. `operator` and `key` as compiled: the key in lower case. */
export function addToCondition(
  document: string,
  index: number,
  { operator, key, value }: { readonly operator: string; readonly key: string; readonly value: string },
): readonly PatchStep[] | undefined {
  const found = conditionAt(document, index, operator, key);
  if (found === undefined) return undefined;
  return addTo(typeof found.values === 'boolean' ? String(found.values) : found.values, found.path, value);
}

export function removeCondition(
  document: string,
  index: number,
  { operator, key }: { readonly operator: string; readonly key: string },
): readonly PatchStep[] | undefined {
  const found = conditionAt(document, index, operator, key);
  return found && [{ op: 'remove', path: found.path }];
}

/** The last statement takes the document with it: undefined then. */
export function removeStatement(document: string, index: number): readonly PatchStep[] | undefined {
  const { Statement } = JSON.parse(document) as Json;
  if (!Array.isArray(Statement) || Statement.length < 2) return undefined;
  return [{ op: 'remove', path: `/Statement/${index}` }];
}

export function addStatement(document: string, statement: object): readonly PatchStep[] {
  const { Statement } = JSON.parse(document) as Json;
  return Array.isArray(Statement)
    ? [{ op: 'add', path: '/Statement/-', value: statement }]
    : [{ op: 'replace', path: '/Statement', value: [Statement, statement] }];
}

export function newDocument(statement: object): object {
  return { Version: '2012-10-17', Statement: [statement] };
}

interface FoundStatement {
  readonly statement: Json;
  readonly path: string;
}

function statementAt(document: string, index: number): FoundStatement | undefined {
  const { Statement } = JSON.parse(document) as Json;
  const statement: unknown = Array.isArray(Statement) ? Statement[index] : Statement;
  if (typeof statement !== 'object' || statement === null) return undefined;
  return {
    statement: statement as Json,
    path: Array.isArray(Statement) ? `/Statement/${index}` : '/Statement',
  };
}

function conditionAt(document: string, index: number, operator: string, key: string) {
  const found = statementAt(document, index);
  const tests = (found?.statement['Condition'] as Json | undefined)?.[operator];
  if (found === undefined || typeof tests !== 'object' || tests === null) return undefined;
  const name = Object.keys(tests).find((known) => known.toLowerCase() === key);
  if (name === undefined) return undefined;
  const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return { path: `${found.path}/Condition/${operator}/${escaped}`, values: (tests as Json)[name] };
}

/** Applies what the functions above make. Throws RangeError for a pointer to nothing. */
export function applyPatch(document: string, steps: readonly PatchStep[]): string {
  const root: unknown = JSON.parse(document);
  for (const { op, path, value } of steps) {
    const parts = path
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = parts.pop() ?? '';
    let parent = root;
    for (const part of parts) parent = (parent as Record<string, unknown> | undefined)?.[part];
    if (typeof parent !== 'object' || parent === null) throw new RangeError(`${path} leads nowhere`);
    if (Array.isArray(parent)) {
      if (op === 'add' && last === '-') parent.push(value);
      else parent.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]));
    } else if (op === 'remove') Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, value);
  }
  return JSON.stringify(root);
}
