import type { SyntheticPatient } from './population.js';
import { between, pick, type Random } from './random.js';

/** Who sends, in the words of the interface that receives it. */
export interface Sender {
  readonly application: string;
  readonly facility: string;
  /** HD of the assigning authority as CX.4 writes it. */
  readonly authority: string;
}

export interface MessageFacts {
  readonly sender: Sender;
  readonly controlId: string;
  /** The sender's clock. */
  readonly at: Date;
  readonly processingId?: 'P' | 'T';
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** HL7 timestamp in UTC with offset, to the second. */
export function timestamp(at: Date): string {
  return `${at.getUTCFullYear()}${pad(at.getUTCMonth() + 1)}${pad(at.getUTCDate())}${pad(at.getUTCHours())}${pad(at.getUTCMinutes())}${pad(at.getUTCSeconds())}+0000`;
}

function msh(f: MessageFacts, type: string): string {
  const { application, facility } = f.sender;
  return `MSH|^~\\&|${application}|${facility}|ANAMNESIS|HUB|${timestamp(f.at)}||${type}|${f.controlId}|${f.processingId ?? 'P'}|2.5.1`;
}

function pid(p: SyntheticPatient, authority: string): string {
  const id = `${p.mrn}^^^${authority}^MR`;
  return `PID|1||${id}||${p.family}^${p.given}||${p.birthDate}|${p.sex}|||${p.street}^^${p.city}^^${p.postalCode}^US^H||^PRN^PH^^^555^${p.phone.slice(3)}`;
}

const segments = (...lines: string[]): string => `${lines.join('\r')}\r`;

/** ADT of a patient's visit; `trigger` is A01, A03, A04, A08 and the like. */
export function adt(f: MessageFacts, trigger: string, p: SyntheticPatient): string {
  const structure = trigger === 'A03' ? 'ADT_A03' : 'ADT_A01';
  return segments(
    msh(f, `ADT^${trigger}^${structure}`),
    `EVN|${trigger}|${timestamp(f.at)}`,
    pid(p, f.sender.authority),
    `PV1|1|${trigger === 'A04' ? 'O' : 'I'}|WARD3^12^B^${f.sender.facility}||||1001^Attending^Test|||MED|||||||||${p.visit}^^^${f.sender.authority}^VN|||||||||||||||||||||||||${timestamp(f.at)}`,
  );
}

/** A merge: `survivor` keeps its number, `replaced` is folded into it. */
export function merge(f: MessageFacts, survivor: SyntheticPatient, replaced: SyntheticPatient): string {
  return segments(
    msh(f, 'ADT^A40^ADT_A39'),
    `EVN|A40|${timestamp(f.at)}`,
    pid(survivor, f.sender.authority),
    `MRG|${replaced.mrn}^^^${f.sender.authority}^MR`,
  );
}

export type ResultStatus = 'P' | 'F' | 'C' | 'X' | 'W';

export interface LaboratoryResult {
  readonly filler: string;
  readonly status: ResultStatus;
  readonly values: readonly {
    readonly code: string;
    readonly text: string;
    readonly unit: string;
    readonly value: string;
    readonly range: string;
  }[];
}

const panel = [
  { code: '718-7', text: 'Hemoglobin', unit: 'g/dL', low: 9, high: 18, range: '12.0-16.0' },
  { code: '4544-3', text: 'Hematocrit', unit: '%', low: 30, high: 55, range: '36-46' },
  { code: '789-8', text: 'Erythrocytes', unit: '10*6/uL', low: 3, high: 6, range: '4.2-5.4' },
  { code: '6690-2', text: 'Leukocytes', unit: '10*3/uL', low: 2, high: 20, range: '4.5-11.0' },
  { code: '777-3', text: 'Platelets', unit: '10*3/uL', low: 80, high: 500, range: '150-400' },
  { code: '785-6', text: 'MCH', unit: 'pg', low: 24, high: 36, range: '27-33' },
  { code: '786-4', text: 'MCHC', unit: 'g/dL', low: 30, high: 37, range: '32-36' },
  { code: '787-2', text: 'MCV', unit: 'fL', low: 75, high: 105, range: '80-96' },
];

/** A blood count with `size` values (at most eight). */
export function bloodCount(
  random: Random,
  filler: string,
  status: ResultStatus,
  size = panel.length,
): LaboratoryResult {
  return {
    filler,
    status,
    values: panel.slice(0, size).map(({ code, text, unit, low, high, range }) => ({
      code,
      text,
      unit,
      range,
      value: (low + random() * (high - low)).toFixed(1),
    })),
  };
}

/** ORU^R01 of one report. `sparse` sends only the patient's identifier, as many laboratories do. */
export function oru(
  f: MessageFacts,
  p: SyntheticPatient,
  result: LaboratoryResult,
  options: { sparse?: boolean } = {},
): string {
  const at = timestamp(f.at);
  return segments(
    msh(f, 'ORU^R01^ORU_R01'),
    options.sparse ? `PID|1||${p.mrn}^^^${f.sender.authority}^MR` : pid(p, f.sender.authority),
    `OBR|1||${result.filler}^${f.sender.application}|57021-8^CBC W Auto Differential panel^LN|||${at}|||||||||1002^Ordering^Test||||||${at}||HM|${result.status === 'X' ? 'X' : result.status}`,
    ...result.values.map(
      ({ code, text, unit, value, range }, at0) =>
        `OBX|${at0 + 1}|NM|${code}^${text}^LN||${value}|${unit}^${unit}^UCUM|${range}||||${result.status}|||${at}`,
    ),
  );
}

/** What a busy day sends: mostly results, the rest movements; every patient is registered before anything else. */
export function nextMessage(
  random: Random,
  p: SyntheticPatient,
  registered: boolean,
  facts: Omit<MessageFacts, 'sender'>,
  senders: { adt: Sender; lab: Sender },
): { kind: 'adt' | 'oru'; text: string } {
  if (!registered) return { kind: 'adt', text: adt({ ...facts, sender: senders.adt }, 'A04', p) };
  if (random() < 0.7) {
    const filler = `F${p.mrn}${between(random, 0, 999_999)}`;
    return {
      kind: 'oru',
      text: oru({ ...facts, sender: senders.lab }, p, bloodCount(random, filler, 'F'), {
        sparse: random() < 0.5,
      }),
    };
  }
  return {
    kind: 'adt',
    text: adt({ ...facts, sender: senders.adt }, pick(random, ['A08', 'A08', 'A01', 'A03']), p),
  };
}
