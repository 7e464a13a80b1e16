import { createRequire } from 'node:module';
import { crc32c } from '@node-rs/crc32';

/**
 * kafkajs 2.2.4 computes the CRC-32C of every record batch byte by byte in JavaScript, on writing and on reading:
 * it was the largest single cost of a busy consumer. The module is replaced by a native one before kafkajs loads it,
 * so this file must be imported first. Where kafkajs was loaded earlier, its own stays in use; the result is the same.
 */
const load = createRequire(import.meta.url);
const path = load.resolve('kafkajs/src/protocol/recordBatch/crc32C/index.js');
load(path);
const cached = load.cache[path];
if (cached) cached.exports = (buffer: Buffer): number => crc32c(buffer);
