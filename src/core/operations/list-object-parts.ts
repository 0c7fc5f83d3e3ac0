import type { Piece, SharedBody } from '../body-records.ts';
import type { CoreContext } from '../core-context.ts';
import { findVersion } from '../find-version.ts';
import type { Bucket, ObjectPart, VersionId } from '../model.ts';
import { walkPieces } from '../read-body.ts';

interface PartsOfObject {
  readonly parts: readonly ObjectPart[];
  readonly isTruncated: boolean;
}

/**
 * The parts that an object was completed from, by number from `after` + 1; none for an object that was put whole. Walks
 * the pieces from the start: at most 10,000 parts, whose pieces lie 256 to a page.
 */
export async function listObjectParts(
  context: CoreContext,
  version: { readonly bucket: Bucket; readonly key: string; readonly versionId?: VersionId },
  after: number,
  limit: number,
): Promise<PartsOfObject> {
  const { record } = await findVersion(context, version.bucket, version.key, version.versionId);
  const { body } = record;
  const isMultipart = record.partCount !== undefined && (body.kind === 'pieces' || body.kind === 'pages');
  if (!isMultipart || limit <= 0) return { parts: [], isTruncated: false };
  const parts: ObjectPart[] = [];
  let offset = 0;
  for await (const piece of allPieces(context, body)) {
    const last = parts[parts.length - 1];
    if (piece.partNumber > after) {
      if (last?.partNumber === piece.partNumber) {
        parts[parts.length - 1] = { ...last, size: last.size + piece.length };
      } else {
        if (parts.length === limit) return { parts, isTruncated: true };
        parts.push(partOfPiece(piece, offset));
      }
    }
    offset += piece.length;
  }
  return { parts, isTruncated: false };
}

/** Also those without bytes, which readers skip. */
async function* allPieces(context: CoreContext, body: SharedBody): AsyncGenerator<Piece, void, undefined> {
  if (body.kind === 'pieces') yield* body.pieces;
  else for await (const { piece } of walkPieces(context, body, 0)) yield piece;
}

function partOfPiece(piece: Piece, offset: number): ObjectPart {
  const { partNumber, length, checksumValue, md5Hex } = piece;
  return {
    partNumber,
    offset,
    size: length,
    ...(checksumValue === undefined ? undefined : { checksumValue }),
    ...(md5Hex === undefined ? undefined : { md5Hex }),
  };
}
