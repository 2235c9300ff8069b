/** The file name of laju's package. */
export function tarballName(version: string): string {
  return `laju-${version}.tgz`;
}
