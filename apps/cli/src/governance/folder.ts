import { fileURLToPath } from 'node:url';

/** The checkout that this command line runs from. */
export function checkout(): string {
  return fileURLToPath(new URL('../../../../', import.meta.url));
}

/** Where interfaces live as code. */
export function interfacesFolder(): string {
  return (
    process.env['ANAMNESIS_INTERFACES'] ?? fileURLToPath(new URL('../../../../interfaces/', import.meta.url))
  );
}
