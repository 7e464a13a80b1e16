/** What counts as strong evidence, and the guards around it. Data, so that a site may narrow it. */
export interface EvidencePolicy {
  /**
   * Identifier type codes (HL7 table 0203) that name one human. `national`: one issuer, the authority does not
   * matter; `per-authority`: the same number from another authority is another identifier.
   */
  readonly strong: Readonly<Record<string, 'national' | 'per-authority'>>;
  /** Identifier systems that say the type by themselves. */
  readonly systems: Readonly<Record<string, string>>;
  /** Normalised values (letters and digits, upper case) that are never evidence. */
  readonly placeholders: readonly string[];
  readonly minimumLength: number;
  /** An identifier carried by more source records than this is shared, not personal, and links nobody. */
  readonly maximumCarriers: number;
}

/** SS social security, NI national, NH national health plan, JHN jurisdictional health number, PPN passport. */
export const defaultEvidencePolicy: EvidencePolicy = {
  strong: {
    SS: 'national',
    NI: 'per-authority',
    NH: 'per-authority',
    JHN: 'per-authority',
    PPN: 'per-authority',
  },
  systems: {
    'http://hl7.org/fhir/sid/us-ssn': 'SS',
    'urn:oid:2.16.840.1.113883.4.1': 'SS',
  },
  // The number printed on a sample card and used by thousands of people since.
  placeholders: ['078051120', 'UNKNOWN', 'NONE'],
  minimumLength: 6,
  maximumCarriers: 16,
};
