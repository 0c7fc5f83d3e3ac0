import { engineKinds } from './engines.ts';
import { describeMetadataStore } from './metadata-store-contract.ts';

for (const kind of engineKinds) describeMetadataStore(kind);
