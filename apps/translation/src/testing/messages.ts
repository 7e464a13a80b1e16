interface MessageParts {
  readonly control?: string;
  readonly type?: string;
  /** PID-3 as sent; '' leaves the patient without a number. */
  readonly patient?: string;
  readonly rest?: readonly string[];
}

export const patient = (mrn: string): string => `${mrn}^^^GENHOS^MR`;

/** A message for `interfaces/*.yaml` of tenant demo, with the usual invented names. */
export function testMessage({
  control = 'C1',
  type = 'ADT^A01',
  patient: pid3 = patient('1001'),
  rest = ['PV1|1|I|W1^101^1|||||||||||||||||V1001'],
}: MessageParts = {}): string {
  return [
    `MSH|^~\\&|ADT|WARD|ANM|HUB|20260301120000+0100||${type}|${control}|P|2.5.1`,
    'EVN||20260301120000+0100',
    `PID|1||${pid3}||EVERYWOMAN^EVE||19620320|F`,
    ...rest,
    '',
  ].join('\r');
}

export const result = (control: string, value: string, status = 'F'): string =>
  testMessage({
    control,
    type: 'ORU^R01',
    rest: [
      `OBR|1||F1001|2345-7^Glucose^LN|||20260301110000+0100|||||||||||||||20260301115000+0100|||${status}`,
      `OBX|1|NM|2345-7^Glucose^LN||${value}|mg/dL|70-105|H|||${status}|||20260301110000+0100`,
    ],
  });
