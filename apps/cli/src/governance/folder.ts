import { join } from 'node:path';
import { checkout } from '../stack/home.js';

/** Where interfaces live as code. */
export function interfacesFolder(): string {
  return process.env['ANAMNESIS_INTERFACES'] ?? join(checkout, 'interfaces');
}
