/** What is measured, as in the table of docs/performance.md. A row says what work it is and how much it must reach. */
import { bearerRow } from './bearer-row.ts';
import { identityRows } from './identity-rows.ts';
import { largeObjectRows } from './large-object-rows.ts';
import { listingRows } from './listing-rows.ts';
import { mixedRow } from './mixed-row.ts';
import { multipartRows } from './multipart-rows.ts';
import type { Row } from './row.ts';
import { smallObjectRows } from './small-object-rows.ts';
import { swiftRows } from './swift-rows.ts';
import { wholeServerRows } from './whole-server-rows.ts';

export const rows: readonly Row[] = [
  ...smallObjectRows,
  bearerRow,
  ...identityRows,
  ...swiftRows,
  ...largeObjectRows,
  ...listingRows,
  ...multipartRows,
  ...wholeServerRows,
  mixedRow,
];
