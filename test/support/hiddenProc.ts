/** Ways in which a process sees less of /proc than others do, each as what stands before its command line. */
export const hiddenProc = {
  /** Another user than root, who sees no process but its own: as with systemd's ProtectProc=invisible. */
  ofOthers: inMountNamespace(
    "mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups",
  ),
  /** Nothing is there. */
  gone: inMountNamespace("mount -t tmpfs none /proc && exec"),
};

function inMountNamespace(script: string): string[] {
  return ["unshare", "--mount", "sh", "-c", `${script} "$@"`, "sh"];
}
