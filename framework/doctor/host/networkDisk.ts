/** Kinds of disk that other hosts may share, by the number that statfs(2) gives (linux/magic.h). */
const kinds: Record<number, string> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "SMB",
  4266872130: "SMB",
  1702057286: "FUSE",
  16914839: "9p",
  12805120: "Ceph",
  1397113167: "AFS",
  1799439955: "AFS",
};

/** What kind of network disk it is; undefined for a local one. `type` is as statfsSync gives it. */
export function networkDisk(type: number): string | undefined {
  // Signed on some machines.
  return kinds[type >>> 0];
}
