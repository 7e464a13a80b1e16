import type { Session } from '@anamnesis/client';
import type { FieldEntry, MessageLineage, SourceSpan } from './answerTypes.js';
import { expectOk } from './outcome.js';

/** One element of one resource, its bytes, and the way back. */
export interface TracedField {
  readonly target: string;
  readonly version: number;
  readonly messageId: string;
  readonly rule: string;
  readonly map: string;
  readonly source: readonly SourceSpan[];
  readonly verified: boolean;
  readonly recordedHash: { readonly output: string; readonly lineage: string };
  readonly recomputedHash: { readonly output: string; readonly lineage: string };
  readonly inverse: { readonly source: string; readonly targets: readonly string[] };
}

/** The element to show: the one asked for, else the value of an Observation, else the first with bytes. */
function chosen(entries: readonly FieldEntry[], asked: string | undefined): string | undefined {
  const withBytes = entries.filter(({ source }) => source.length > 0);
  if (asked !== undefined) {
    const full = withBytes.find(({ target }) => target === asked);
    return (
      (
        full ??
        withBytes.find(({ target }) => target.startsWith('Observation/') && target.endsWith(`.${asked}`))
      )?.target ?? asked
    );
  }
  const value =
    /^Observation\/[^.]+\.value(Quantity\.value|String|CodeableConcept\.coding\[0\]\.code|CodeableConcept\.text)$/;
  return (withBytes.find(({ target }) => value.test(target)) ?? withBytes[0])?.target;
}

/** Traces one element to its bytes and back; undefined when the message wrote none. */
export async function traceField(
  session: Session,
  lineage: MessageLineage,
  entries: readonly FieldEntry[],
  asked: string | undefined,
  reveal: boolean,
): Promise<TracedField | undefined> {
  const target = chosen(entries, asked);
  const parts = /^([A-Za-z]+)\/([^.]+)\.(.+)$/.exec(target ?? '');
  if (!parts) return undefined;
  const [, type = '', id = '', element = ''] = parts;
  const shown = reveal ? '&reveal=true' : '';
  const version = lineage.resources.find(one => one.type === type && one.id === id)?.version;
  const at = version === undefined || version === 0 ? '' : `&version=${version}`;
  const path = `/lineage/resources/${type}/${id}?path=${encodeURIComponent(element)}${at}${shown}`;
  const field = expectOk<Omit<TracedField, 'inverse'>>(await session.call('audit', path), 'audit', path);
  const source = field.source[0]?.path ?? '';
  const back = `/lineage/messages/${lineage.id}/fields?source=${encodeURIComponent(source)}`;
  const { entries: targets } = expectOk<{ entries: FieldEntry[] }>(
    await session.call('audit', back),
    'audit',
    back,
  );
  return { ...field, inverse: { source, targets: targets.map(one => one.target) } };
}
