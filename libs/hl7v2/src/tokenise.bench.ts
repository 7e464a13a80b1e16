// Figures of the tokeniser on one core: `node --experimental-strip-types libs/hl7v2/src/tokenise.bench.ts` after a build.
import type * as Source from './index.js';

// What is measured is what is shipped: the build's output, which has no declarations of its own.
const shipped = new URL('../dist/index.js', import.meta.url).href;
const { tokenise, isHl7Error, LEAF_ROW } = (await import(shipped)) as typeof Source;

/** A synthetic laboratory result of about 1.5 KB: header, patient, visit, order and `results` observations. */
function report(results: number): Uint8Array {
  const lines = [
    'MSH|^~\\&|LAB^1.2.3.4^ISO|NORTH|EHR|SOUTH|20240102030405.123+0100||ORU^R01^ORU_R01|MSG000001|P|2.5.1|||AL|NE|||UNICODE UTF-8',
    'PID|1||100001^^^NORTH&1.2.3&ISO^MR~900001^^^STATE^SS||EVERYWOMAN^EVE^E^^^^L|TEST^MOTHER|19620320|F|||1 TEST WAY^^TOWN^ST^12345^USA||555-0100|||||400001',
    'PV1|1|I|WARD^101^A^NORTH||||1001^ATTENDING^ANN|||MED||||1|||1001^ATTENDING^ANN|IN|500001|||||||||||||||||||||||||20240101',
    'OBR|1|P100^EHR|F100^LAB|24323-8^Comprehensive panel^LN|||20240102020000|||||||||1001^ATTENDING^ANN||||||20240102030000||LAB|F',
  ];
  for (let i = 1; i <= results; i += 1)
    lines.push(
      `OBX|${i}|NM|${1000 + i}-1^Analyte \\T\\ ratio ${i}^LN||${i}.5|mmol/L^^UCUM|1.0-9.9|N|||F|||20240102023000||TECH^LAB`,
    );
  return Buffer.from(`${lines.join('\r')}\r`);
}

function measure(label: string, bytes: Uint8Array, work: (bytes: Uint8Array) => number): void {
  let checksum = 0;
  for (let i = 0; i < 2_000; i += 1) checksum += work(bytes);
  // Processor time, not wall time: the figure is per core even where others use the machine.
  const began = process.cpuUsage();
  let count = 0;
  let seconds = 0;
  while (seconds < 1.5) {
    for (let i = 0; i < 200; i += 1) checksum += work(bytes);
    count += 200;
    const used = process.cpuUsage(began);
    seconds = (used.user + used.system) / 1e6;
  }
  const rate = count / seconds;
  const megabytes = (rate * bytes.length) / 1e6;
  console.log(
    `${label.padEnd(34)} ${Math.round(rate).toString().padStart(9)}/s ${megabytes.toFixed(0).padStart(6)} MB/s  (${checksum % 97})`,
  );
}

function read(bytes: Uint8Array) {
  const message = tokenise(bytes);
  if (isHl7Error(message)) throw message;
  return message;
}

const oru = report(10);
console.log(`ORU of ${oru.length} bytes, one core, Node ${process.version}`);
measure('tokenise', oru, bytes => read(bytes).segmentCount);
measure('tokenise + 3 reads', oru, bytes => {
  const message = read(bytes);
  return (
    message.text(0, 10).length +
    message.text(1, 3).length +
    message.value({ segment: 4, field: 5 }).text.length
  );
});
measure('tokenise + leaf tape', oru, bytes => read(bytes).leafTape().length);
measure('tokenise + leaves with paths', oru, bytes => read(bytes).leaves().length);
measure('tokenise + text of every leaf', oru, bytes => {
  const message = read(bytes);
  const tape = message.leafTape();
  let length = 0;
  for (let i = 0; i < tape.length; i += LEAF_ROW)
    length += message.text(tape[i] ?? 0, tape[i + 1] ?? 0, tape[i + 2], tape[i + 3], tape[i + 4]).length;
  return length;
});
measure('tokenise, 2,000 observations', report(2_000), bytes => read(bytes).segmentCount);
