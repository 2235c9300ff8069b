/** Ways to restrict what a process sees in /proc. Each is a command prefix. */
export const hiddenProc = {
  /** A user other than root, who sees only processes of its own, as with systemd's ProtectProc=invisible. */
  ofOthers: inMountNamespace(
    "mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups",
  ),
  /** A /proc that contains nothing. */
  gone: inMountNamespace("mount -t tmpfs none /proc && exec"),
};

function inMountNamespace(script: string): string[] {
  return ["unshare", "--mount", "sh", "-c", `${script} "$@"`, "sh"];
}
