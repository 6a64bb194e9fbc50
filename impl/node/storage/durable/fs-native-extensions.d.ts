declare module 'fs-native-extensions' {
  /** Locks the file for as long as this descriptor is open. False if another descriptor, of any process, holds the lock. */
  export function tryLock(descriptor: number): boolean;
}
