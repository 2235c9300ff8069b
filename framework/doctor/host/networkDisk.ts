/** File systems that other hosts can share, by the type that statfs(2) returns (linux/magic.h). */
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

/** The kind of network disk; undefined for a local disk. `type` comes from statfsSync. */
export function networkDisk(type: number): string | undefined {
  // The type is signed on some machines.
  return kinds[type >>> 0];
}
