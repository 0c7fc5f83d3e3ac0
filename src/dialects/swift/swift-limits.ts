/** Limits of this dialect, shown in `/info` under the names that Swift gives them (nhn-openstack.md, section 2.5). */
export const swiftLimits = {
  /** Of a single PUT, and of the source of a copy: 5 GiB and 2 bytes. */
  objectBytesMax: 5_368_709_122,
  objectNameBytesMax: 1024,
  containerNameBytesMax: 256,
  accountNameBytesMax: 256,
  /** Without the prefix of the header. */
  metadataNameBytesMax: 128,
  metadataValueBytesMax: 256,
  metadataItemsMax: 90,
  /** Names and values together. */
  metadataBytesMax: 4096,
  headerValueBytesMax: 8192,
  /** Of the manifest of a static large object, as sent: 8 MiB. */
  manifestBytesMax: 8 * 1024 ** 2,
  /** Segments that are objects. 1,000 upstream, 10,000 at NHN. */
  segmentsMax: 10_000,
  /** Lines of a bulk delete. */
  bulkDeletesMax: 10_000,
  /** Also the length of a listing that asks for none. */
  listingItemsMax: 10_000,
} as const;
