export * from './types.js';
export { isHl7Error, type Hl7Error } from './errors.js';
export { standardDelimiters } from './delimiters.js';
export { charsetOf, decode, encode, type Charset } from './charset.js';
export { escape, unescape } from './escape.js';
export { COMPONENTS, LEAF_ROW, REPEATS, SUBCOMPONENTS } from './leaves.js';
export { Message, type Address } from './message.js';
export { parsePath, type PathParts } from './path.js';
export { defaultLimits, tokenise, type TokeniserLimits, type TokeniserOptions } from './tokenise.js';
