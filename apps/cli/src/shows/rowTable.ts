function cell(value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'NO';
  return Array.isArray(value) ? value.map(cell).join(', ') || '-' : String(value);
}

/** Longer cells are cut: the rows themselves have the whole. */
const widest = 96;

const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

/** Rows as aligned lines under their column names; columns in the order in which rows name them first. */
export function rowTable(rows: readonly Record<string, unknown>[]): string[] {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
  const lines = [columns, ...rows.map(row => columns.map(column => cut(cell(row[column]))))];
  const widths = columns.map((_, at) => Math.max(...lines.map(line => line[at]?.length ?? 0)));
  return lines.map(line => `  ${line.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}
