/** The body of a bulk delete: one name per line, percent-encoded (nhn-openstack.md, section 13.1). */
import type { ByteSource } from '../../lib/byte-source.ts';
import type { NamedRemoval } from './remove-names.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

const NEWLINE = 0x0a;
/** Twice the longest path, as Swift has it. */
const LINE_BYTES_MAX = 2 * (swiftLimits.objectNameBytesMax + swiftLimits.containerNameBytesMax + 2);

/** Throws 413 and 400: too many lines, and one that no name can have. */
export async function readNameLines(source: ByteSource): Promise<NamedRemoval[]> {
  const names: NamedRemoval[] = [];
  let lines = 0;
  let rest = Buffer.alloc(0);
  const take = (line: Buffer) => {
    if (line.length > LINE_BYTES_MAX) throw new SwiftError(400, 'Invalid File Name');
    const name = parseLine(line);
    if (name !== undefined) names.push(name);
    lines += 1;
    if (lines > swiftLimits.bulkDeletesMax) {
      throw new SwiftError(413, `Maximum Bulk Deletes: ${swiftLimits.bulkDeletesMax} per request`);
    }
  };
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(Buffer.concat([rest, chunk.subarray(start, end)]));
      rest = Buffer.alloc(0);
      start = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(start)]);
    if (rest.length > LINE_BYTES_MAX) throw new SwiftError(400, 'Invalid File Name');
  }
  if (rest.length > 0) take(rest);
  return names;
}

/** Undefined: nothing but spaces. */
function parseLine(line: Buffer): NamedRemoval | undefined {
  const text = line.toString('latin1').trim();
  if (text === '') return undefined;
  const bytes = Buffer.from(
    text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  const path = bytes.toString('utf8').replace(/^\/+/, '');
  const slash = path.replace(/\/+$/, '').indexOf('/');
  const name =
    slash < 0
      ? { container: path.replace(/\/+$/, ''), key: '' }
      : { container: path.slice(0, slash), key: path.slice(slash + 1) };
  if (path.includes('\uFFFD') || path.includes('\0')) {
    return { ...name, fault: { status: 412, text: '412 Precondition Failed' } };
  }
  return name.container === '' ? undefined : name;
}
