/** Every operation of the dialect. Routing, policies, metrics, documentation and the coverage check follow from this list. */
import type { Operation } from '../kernel/define-operation.ts';
import {
  createAccount,
  deleteAccount,
  headAccount,
  listContainers,
  updateAccount,
} from './operations/account.ts';
import {
  bulkDelete,
  bulkDeleteAtContainer,
  bulkDeleteAtContainerByDelete,
  bulkDeleteAtObject,
  bulkDeleteAtObjectByDelete,
  bulkDeleteByDelete,
} from './operations/bulk-delete.ts';
import {
  deleteContainer,
  headContainer,
  listContainerObjects,
  putContainer,
  updateContainer,
} from './operations/container.ts';
import { getContainerPolicy, updateContainerPolicy } from './operations/container-policy.ts';
import { copyObject, putObjectCopy } from './operations/copy.ts';
import { deleteSegments } from './operations/delete-segments.ts';
import {
  extractArchive,
  extractArchiveAtContainer,
  extractArchiveAtPrefix,
} from './operations/extract-archive.ts';
import { deleteObject, getObject, headObject, putObject, updateObject } from './operations/object.ts';
import { listObjectVersions, restoreObjectVersion } from './operations/object-versions.ts';
import { optionsOperations } from './operations/options.ts';
import { postForm } from './operations/post-form.ts';
import { putSegmentManifest } from './operations/put-segment-manifest.ts';
import { getSegmentManifest, headSegmentManifest } from './operations/segment-manifest.ts';
import { checkHealth, getInfo, headHealth, headInfo } from './operations/service.ts';
import type { SwiftCall, SwiftServices } from './swift-call.ts';

export const operations: readonly Operation<SwiftCall, SwiftServices>[] = [
  getInfo,
  headInfo,
  checkHealth,
  headHealth,
  listContainers,
  headAccount,
  updateAccount,
  createAccount,
  deleteAccount,
  listContainerObjects,
  headContainer,
  putContainer,
  updateContainer,
  deleteContainer,
  getContainerPolicy,
  updateContainerPolicy,
  getObject,
  headObject,
  putObject,
  putObjectCopy,
  copyObject,
  updateObject,
  deleteObject,
  listObjectVersions,
  restoreObjectVersion,
  putSegmentManifest,
  getSegmentManifest,
  headSegmentManifest,
  deleteSegments,
  postForm,
  extractArchive,
  extractArchiveAtContainer,
  extractArchiveAtPrefix,
  bulkDelete,
  bulkDeleteByDelete,
  bulkDeleteAtContainer,
  bulkDeleteAtContainerByDelete,
  bulkDeleteAtObject,
  bulkDeleteAtObjectByDelete,
  ...optionsOperations,
];
