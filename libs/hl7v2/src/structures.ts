/**
 * Which message structure a code and trigger use (table 0354) where it is not simply `CODE_TRIGGER`. Facts of
 * structure only; HL7 v2.5.1 to v2.9.
 */
const shared: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ADT: {
    ADT_A01: 'A01 A04 A08 A13',
    ADT_A05: 'A05 A14 A28 A31',
    ADT_A06: 'A06 A07',
    ADT_A09: 'A09 A10 A11',
    ADT_A21: 'A21 A22 A23 A25 A26 A27 A29 A32 A33',
    ADT_A30: 'A30 A34 A35 A36 A46 A47 A48 A49',
    ADT_A39: 'A39 A40 A41 A42',
    ADT_A43: 'A43 A44',
    ADT_A50: 'A50 A51',
    ADT_A52: 'A52 A53',
    ADT_A54: 'A54 A55',
    ADT_A61: 'A61 A62',
  },
  MDM: { MDM_T01: 'T01 T03 T05 T07 T09 T11', MDM_T02: 'T02 T04 T06 T08 T10' },
  ORU: { ORU_R30: 'R30 R31 R32' },
  PPR: { PPR_PC1: 'PC1 PC2 PC3' },
  PGL: { PGL_PC6: 'PC6 PC7 PC8' },
  QBP: { QBP_Q21: 'Q21 Q22 Q23 Q24 Q25' },
  REF: { REF_I12: 'I12 I13 I14 I15' },
  RSP: { RSP_K23: 'K23 K24' },
  SIU: { SIU_S12: 'S12 S13 S14 S15 S16 S17 S18 S19 S20 S21 S22 S23 S24 S26 S27' },
};

const structures = new Map(
  Object.entries(shared).flatMap(([code, groups]) =>
    Object.entries(groups).flatMap(([structure, triggers]) =>
      triggers.split(' ').map(trigger => [`${code}^${trigger}`, structure] as const),
    ),
  ),
);

/** The structure of a message from MSH-9.1 and 9.2, for senders that leave 9.3 out; '' when the trigger is missing. */
export function structureOf(code: string, trigger: string): string {
  if (code === 'ACK') return 'ACK';
  if (code === '' || trigger === '') return '';
  return structures.get(`${code}^${trigger}`) ?? `${code}_${trigger}`;
}
