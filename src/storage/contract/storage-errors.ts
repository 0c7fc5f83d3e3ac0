/** Typed failures of a storage engine. Anything else thrown by an engine is a bug. */

export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';
}

/** No room for new bytes: reads and deletes still work (design, section 6: the reserve). */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** A stored block does not match its checksum. The bytes were not handed out. */
export class CorruptBlob extends Error {
  override readonly name = 'CorruptBlob';
}

/** The named blob does not exist (any more). Readers re-read the metadata once: it may have been replaced. */
export class MissingBlob extends Error {
  override readonly name = 'MissingBlob';
}
