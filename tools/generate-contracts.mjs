// Generates TypeScript types and the schema index of libs/contracts from its JSON Schemas.
// `--check` changes nothing and fails when what is committed is not what the schemas say.
import { compile } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../libs/contracts/src/', import.meta.url));
const check = process.argv.includes('--check');
const names = (await readdir(join(src, 'schemas'))).filter(name => name.endsWith('.json')).sort();
const header =
  '// Generated from ../schemas by tools/generate-contracts.mjs; change the schema, not this file.\n';

let types = header;
const entries = [];
for (const file of names) {
  const type = file.replace(/\.json$/, '');
  const schema = JSON.parse(await readFile(join(src, 'schemas', file), 'utf8'));
  const body = await compile(structuredClone(schema), schema.title, {
    bannerComment: '',
    additionalProperties: false,
  });
  types += `\nexport namespace ${schema.title}Schema {\n${body}\n}\nexport type ${schema.title} = ${schema.title}Schema.${schema.title};\n`;
  entries.push({ type, title: schema.title, file });
}
types += `\n/** Payload of each event type. */\nexport interface EventPayloads {\n${entries
  .map(({ type, title }) => `  '${type}': ${title};`)
  .join('\n')}\n}\n\nexport type EventType = keyof EventPayloads;\n`;

const index = `${header}\n${entries
  .map(({ title, file }) => `import ${title} from '../schemas/${file}' with { type: 'json' };`)
  .join('\n')}\n\n/** JSON Schema of each event type. */\nexport const eventSchemas = {\n${entries
  .map(({ type, title }) => `  '${type}': ${title},`)
  .join('\n')}\n} as const;\n`;

const style = await resolveConfig(join(src, 'index.ts'));
let stale = 0;
await mkdir(join(src, 'generated'), { recursive: true });
for (const [name, text] of [
  ['events.ts', types],
  ['schemas.ts', index],
]) {
  const path = join(src, 'generated', name);
  const formatted = await format(text, { ...style, parser: 'typescript' });
  if (check && (await readFile(path, 'utf8').catch(() => '')) !== formatted) stale += 1;
  if (!check) await writeFile(path, formatted);
}
if (stale > 0) {
  console.error(
    `${stale} generated file(s) of libs/contracts differ from the schemas: run node tools/generate-contracts.mjs.`,
  );
  process.exit(1);
}
