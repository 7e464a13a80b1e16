// Draws what a command printed as an SVG: `./anamnesis demo | node tools/terminal-picture.mjs "title" > picture.svg`.
const lines = (await new Response(process.stdin).text()).trimEnd().split('\n');
const title = process.argv[2] ?? '';
const escape = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const width = 1180;
const columns = 150;
const lineHeight = 17;
const wrapped = lines.flatMap(line => {
  const indent = /^ */.exec(line)[0] + (line.startsWith(' ') ? '' : '    ');
  const parts = [];
  let rest = line;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(' ', columns);
    parts.push(rest.slice(0, at > 20 ? at : columns));
    rest = indent + rest.slice(at > 20 ? at + 1 : columns);
  }
  return [...parts, rest];
});
const colour = text => (text.includes('exception') ? '#f0b429' : /^\S/.test(text) ? '#9fdcb4' : '#c9d1d9');
const height = wrapped.length * lineHeight + 58;
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
<text x="20" y="26" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" fill="#8b949e">${escape(title)}</text>
${wrapped
  .map(
    (line, at) =>
      `<text xml:space="preserve" x="20" y="${52 + at * lineHeight}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12.5" fill="${colour(line)}">${escape(line)}</text>`,
  )
  .join('\n')}
</svg>`);
