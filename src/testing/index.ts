/**
 * What every adapter of a port has to do, as lists of named cases that any test runner can run. This room
 * starts real processes and fills real disks; it knows the ports' interfaces and never one of their adapters.
 */
export { engineConformance } from "./engine-conformance.ts";
export type { EngineCase, EngineSubject } from "./engine-subject.ts";
export { storageConformance } from "./storage-conformance.ts";
export { storageDiskConformance } from "./storage-fault-cases.ts";
export type { FailingStorage, StorageCase, StorageDiskCase, StorageSubject } from "./storage-subject.ts";
export { storeConformance } from "./store-conformance.ts";
export type { StoreCase, StoreSubject } from "./store-subject.ts";
export type { Opener } from "./start-child.ts";
