/**
 * W3C Trace Context, version 00, carried by hand: across topics in the event's `traceparent` header, over HTTP in the
 * request header of the same name.
 */
const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);

type RandomBytes = (size: number) => Uint8Array;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A new, sampled trace. */
export function newTraceparent(random: RandomBytes): string {
  return `00-${hex(random(16))}-${hex(random(8))}-01`;
}

/** A new span in the parent's trace; a new trace when the parent is absent or malformed, as the standard asks. */
export function childTraceparent(parent: string | undefined, random: RandomBytes): string {
  const found = form.exec(parent ?? '');
  if (!found || found[1] === noTrace || found[2] === noSpan) return newTraceparent(random);
  return `00-${found[1]}-${hex(random(8))}-${found[3]}`;
}

/** Trace id of a traceparent, for linking; undefined when it is none. */
export function traceIdOf(traceparent: string): string | undefined {
  return form.exec(traceparent)?.[1];
}
