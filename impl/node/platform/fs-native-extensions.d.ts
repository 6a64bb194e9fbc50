declare module 'fs-native-extensions' {
  /** Locks the file while this descriptor is open. Returns false if another descriptor, of any process, holds the lock. */
  export function tryLock(descriptor: number): boolean;
}
