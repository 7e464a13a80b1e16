import './kafka/fastChecksum.js';
export * from './errors.js';
export * from './port.js';
export { createKafka, logicalName, physicalName, type KafkaConnection } from './kafka/client.js';
export { createKafkaInspector } from './kafka/inspector.js';
export { createKafkaReader, type ReaderTuning } from './kafka/reader.js';
export { createKafkaWriter } from './kafka/writer.js';
export { createMemoryLog, type MemoryLog } from './memory/memoryLog.js';
