import type kafkajs from 'kafkajs';
import type { IncomingRecord } from '../port.js';

type WireHeaders = kafkajs.IHeaders | undefined;

function decodeHeaders(headers: WireHeaders): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) decoded[name] = first.toString();
  }
  return decoded;
}

export function decodeRecord(
  topic: string,
  partition: number,
  message: kafkajs.KafkaMessage,
): IncomingRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    appendTime: Number(message.timestamp),
    key: message.key === null ? null : message.key.toString(),
    headers: decodeHeaders(message.headers),
    value: message.value,
  };
}
