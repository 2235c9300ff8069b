/** The name of the file that laju is packed into, as npm names it. */
export function tarballName(version: string): string {
  return `laju-${version}.tgz`;
}
