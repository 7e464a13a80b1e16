/** True for the path itself and for everything inside it: `PID-5` holds `PID-5[2].1`, `Patient/x` holds `Patient/x.id`. */
export function isWithin(path: string, wanted: string): boolean {
  return path === wanted || (path.startsWith(wanted) && /^[.[#-]/.test(path.slice(wanted.length)));
}

/** Without the numbers that a path may leave out: the first segment of its name, the first repetition. */
function plain(path: string): string {
  return path.replaceAll('[1]', '');
}

/**
 * Whether a source path lies within the field that a person names, written with or without the numbers that say
 * nothing: `PID-11[1].3` and `PID-11.3` are one place, and so are `PID-7.1` and the undivided `PID-7`.
 */
export function isWithinField(path: string, wanted: string): boolean {
  const [place, field] = [plain(path), plain(wanted)];
  return isWithin(place, field) || (/-\d+(\[\d+\])?$/.test(place) && `${place}.1` === field);
}
