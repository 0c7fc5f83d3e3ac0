/** What a JUnit report (as pytest writes it) says about each case. */
import { readXml, type XmlElement } from '../../src/lib/xml-reader.ts';

export interface ReportedCase {
  readonly passed: boolean;
  /** In one line; empty for a pass. */
  readonly reason: string;
}

const LIMITS = { depthMax: 16, elementsMax: 100_000 };
const REASON_CHARACTERS_MAX = 160;

/**
 * By name, or by `class::name` where names alone are not unique. A case that failed and whose clean-up failed too stands there twice:
 * it failed.
 */
export function readJunit(
  report: string,
  { withClass = false }: { readonly withClass?: boolean } = {},
): Map<string, ReportedCase> {
  const cases = new Map<string, ReportedCase>();
  for (const element of casesBelow(readXml(Buffer.from(report), LIMITS))) {
    const { name: own = '', classname = '' } = element.attributes;
    const name = withClass ? `${classname}::${own}` : own;
    const before = cases.get(name);
    if (before === undefined || before.passed) cases.set(name, readCase(element));
  }
  return cases;
}

function casesBelow(element: XmlElement): XmlElement[] {
  return element.name === 'testcase' ? [element] : element.children.flatMap(casesBelow);
}

function readCase({ children }: XmlElement): ReportedCase {
  const fault = children.find(({ name }) => ['failure', 'error', 'skipped'].includes(name));
  if (fault === undefined) return { passed: true, reason: '' };
  const message = fault.attributes['message'] ?? '';
  return { passed: false, reason: fault.name === 'skipped' ? 'Skipped by the suite.' : shorten(message) };
}

/** What the client reports is `An error occurred (Code) when calling the Operation operation …`; anything else is a comparison. */
function shorten(message: string): string {
  const [, code, operation] =
    /An error occurred \((\w+)\) when calling the (\w+) operation/.exec(message) ?? [];
  if (code !== undefined) return `${operation} answers ${code}.`;
  const line = message.replace(/\s+/g, ' ').trim();
  const [, compared] = /^AssertionError: assert (.+)$/.exec(line) ?? [];
  const shown = compared === undefined ? line : `Expected ${compared}`;
  return shown === '' ? 'Failed.' : shown.slice(0, REASON_CHARACTERS_MAX).trim();
}
