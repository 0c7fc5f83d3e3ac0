import { describeBlobStore } from './blob-store-contract.ts';
import { engineKinds } from './engines.ts';

for (const kind of engineKinds) describeBlobStore(kind);
