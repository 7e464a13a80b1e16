import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the class-data archive of a folder of jars lies. */
export function archivePath(libsDir: string): string {
  return join(libsDir, 'kafka.jsa');
}

/** JVM flags that use the class-data archive, if one was made. A stale one is ignored by the JVM. */
export function archiveFlags(libsDir: string): string[] {
  const archive = archivePath(libsDir);
  return existsSync(archive)
    ? [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off']
    : [];
}
