/**
 * Raised by every change of code that alters output or lineage of any golden message. Former behaviour stays
 * selectable: a version leaves the list only when no message stamped with it is kept (blueprint §4, "The plan").
 */
export const translatorVersion = '1';
export const translatorVersions: readonly string[] = ['1'];
