// Compiles the TypeScript of every project (or of the folders named) to its own dist/ with SWC and copies the
// files that code reads at run time (SQL, JSON, YAML). A file whose output is newer is left alone, so a second
// build of an unchanged tree costs a directory walk.
import { transformFile } from '@swc/core';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const assets = /\.(sql|json|ya?ml|hl7|html|css)$/;
const options = JSON.parse(await readFile(join(root, '.swcrc'), 'utf8'));

async function projects(names) {
  if (names.length > 0) return names.map(name => join(root, name));
  const found = [];
  for (const group of ['libs', 'apps'])
    for (const name of await readdir(join(root, group))) found.push(join(root, group, name));
  return [...found, join(root, 'bench')];
}

async function newer(source, target) {
  try {
    return (await stat(target)).mtimeMs >= (await stat(source)).mtimeMs;
  } catch {
    return false;
  }
}

async function emit(source, target) {
  if (await newer(source, target)) return 0;
  await mkdir(dirname(target), { recursive: true });
  if (!source.endsWith('.ts')) {
    await copyFile(source, target);
    return 1;
  }
  const { code, map } = await transformFile(source, { ...options, cwd: root, swcrc: false });
  await writeFile(`${target}.map`, map ?? '{}');
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  return 1;
}

async function build(project) {
  const src = join(project, 'src');
  const dist = join(project, 'dist');
  const wanted = new Map();
  for (const entry of await readdir(src, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const out = join(dist, relative(src, file));
    if (/\.(spec|bench)\.ts$/.test(file) || file.endsWith('.d.ts')) continue;
    if (file.endsWith('.ts')) wanted.set(out.replace(/\.ts$/, '.js'), file);
    else if (assets.test(file)) wanted.set(out, file);
  }
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true }).catch(() => [])) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !wanted.has(file) && !wanted.has(file.replace(/\.map$/, ''))) await rm(file);
  }
  let count = 0;
  for (const [target, source] of wanted) count += await emit(source, target);
  return count;
}

const counts = await Promise.all((await projects(process.argv.slice(2))).map(build));
console.log(`built ${counts.reduce((a, b) => a + b, 0)} files in ${counts.length} projects`);
