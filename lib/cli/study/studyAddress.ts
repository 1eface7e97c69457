/** What is said of the addresses of studies, which several commands take. */

/** Everybody on a machine may list its processes, with all words of their command lines. */
export function passwordInWords(name: string): string {
  return `the address${name && ` ${name}`} has a password, which whoever lists processes would see; set LAYERWISE_STUDY_PASSWORD in its place`;
}
