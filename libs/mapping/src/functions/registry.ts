import { attachmentFunctions } from './attachment.js';
import { codeFunctions } from './code.js';
import type { MapFunction } from './function.js';
import { numberFunctions } from './number.js';
import { textFunctions } from './text.js';
import { timeFunctions } from './time.js';

const functions: Readonly<Record<string, MapFunction>> = {
  ...textFunctions,
  ...codeFunctions,
  ...numberFunctions,
  ...timeFunctions,
  ...attachmentFunctions,
};

/** The pure functions that rules may name beside datatype maps: the only way out of the rule format. */
export function findFunction(name: string): MapFunction | undefined {
  return functions[name];
}
