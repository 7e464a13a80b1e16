import { between, pick, type Random } from './random.js';

/** A synthetic patient: invented from word lists, no person's data. */
export interface SyntheticPatient {
  readonly mrn: string;
  readonly family: string;
  readonly given: string;
  /** YYYYMMDD. */
  readonly birthDate: string;
  readonly sex: 'F' | 'M';
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly phone: string;
  readonly visit: string;
}

const families = [
  'Everywoman',
  'Everyman',
  'Testfall',
  'Muster',
  'Sample',
  'Specimen',
  'Placeholder',
  'Fixture',
  'Probe',
  'Beispiel',
];
const givenF = ['Eve', 'Ada', 'Ines', 'Noor', 'Mira', 'Lena', 'Ruth', 'Tess'];
const givenM = ['Adam', 'Omar', 'Jan', 'Theo', 'Karl', 'Ravi', 'Luis', 'Finn'];
const streets = ['Test Street', 'Sample Road', 'Fixture Lane', 'Probe Avenue'];
const cities = ['Exampleton', 'Testville', 'Mustertown'];

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/**
 * Patient number `n` of a hospital. MRNs depend on `n` alone, so two tenants share them on purpose; everything
 * else comes from the random source.
 */
export function syntheticPatient(n: number, random: Random): SyntheticPatient {
  const sex = random() < 0.5 ? 'F' : 'M';
  return {
    mrn: `M${pad(n, 7)}`,
    family: `${pick(random, families)}${pad(between(random, 0, 999), 3)}`,
    given: pick(random, sex === 'F' ? givenF : givenM),
    birthDate: `${between(random, 1930, 2020)}${pad(between(random, 1, 12), 2)}${pad(between(random, 1, 28), 2)}`,
    sex,
    street: `${between(random, 1, 999)} ${pick(random, streets)}`,
    city: pick(random, cities),
    postalCode: pad(between(random, 10_000, 99_999), 5),
    phone: `555${pad(between(random, 0, 9_999_999), 7)}`,
    visit: `V${pad(n, 7)}`,
  };
}

export function population(size: number, random: Random, firstNumber = 1): SyntheticPatient[] {
  return Array.from({ length: size }, (_, at) => syntheticPatient(firstNumber + at, random));
}
