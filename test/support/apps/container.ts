import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../crontab/cron";
import { busybox, tini } from "../crontab/otherCrons";

/** How an image is run, as the last stage of its Dockerfile says. */
export interface Image {
  environment: Record<string, string>;
  user: string;
  volume: string;
  /** The command line of the image's first process. */
  start: string[];
  health: string[];
}

export interface Container {
  /** What stdout and stderr have received so far. */
  logs(): string;
  /** Runs the health check. */
  check(): { status: number | null; stdout: string; stderr: string };
  /** Sends SIGTERM to the first process, as `docker stop` does. Resolves to the exit status. */
  stop(): Promise<number | null>;
  remove(): void;
}

/** The Dockerfiles and entry points in docs/how-to/containers.md, by the heading above them. */
export function documented(heading: string, language: "dockerfile" | "sh"): string {
  const text = readFileSync(join(import.meta.dirname, "../../../docs/how-to/containers.md"), "utf8");
  const section = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? "";
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(section)?.[1];
  if (block === undefined) throw new Error(`docs/how-to/containers.md has no ${language} under "${heading}"`);
  return block;
}

const repository = join(import.meta.dirname, "../../..");

const known = ["FROM", "RUN", "ENV", "WORKDIR", "COPY", "USER", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"];

export function imageOf(dockerfile: string): Image {
  const lines = dockerfile.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of lines) {
    if (!known.includes(line.split(" ")[0] as string)) throw new Error(`no instruction: ${line}`);
  }
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));
  const textOf = (name: string) =>
    last.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const words = (text: string | undefined): string[] => JSON.parse(text ?? "[]");
  const pairs = last.filter((line) => line.startsWith("ENV ")).flatMap((line) => line.slice(4).split(" "));
  return {
    environment: Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string])),
    user: textOf("USER") ?? "root",
    volume: textOf("VOLUME") ?? "/data",
    start: [...words(textOf("ENTRYPOINT")), ...words(textOf("CMD"))],
    health: words(/CMD (\[.*\])/.exec(textOf("HEALTHCHECK") ?? "")?.[1]),
  };
}

/**
 * Runs an app as its image would be run, but in Linux namespaces instead of a container: its own processes and mounts,
 * the app in /srv/app, a user `node` (1234), an empty /data and /tmp. With `isReadOnly`, everything else is read-only,
 * as with `docker run --read-only`.
 */
export async function startContainer(
  { environment, user, volume, start, health }: Image,
  app: string,
  { isReadOnly = false, entryPoint = "", usesBusyBox = false } = {},
): Promise<Container> {
  const folder = mkdtempSync(join(tmpdir(), "laju-container-"));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "layers"));
  const output = join(folder, "output");
  writeFileSync(output, "");
  writeFileSync(join(folder, "entrypoint.sh"), entryPoint, { mode: 0o755 });
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...environment };
  const programs = [tini.path ?? "", usesBusyBox ? (busybox.path ?? "") : ""];
  const words = [folder, app, repository, ...programs, isReadOnly ? "yes" : "", volume, user, ...start];
  const keeper = spawn("sh", ["-euc", inside, "sh", ...words], { stdio: ["ignore", "pipe", "pipe"], env });
  keeper.stdout.on("data", (bytes) => writeFileSync(output, bytes, { flag: "a" }));
  keeper.stderr.on("data", (bytes) => writeFileSync(output, bytes, { flag: "a" }));
  const logs = () => readFileSync(output, "utf8");
  await waitFor(undefined, () => logs() !== "" || keeper.exitCode !== null, 60_000);
  if (keeper.exitCode !== null) throw new Error(`the container ended at once: ${logs()}`);
  const first = childOf(`${keeper.pid}`);
  return {
    logs,
    check() {
      const as = user === "root" ? [] : asUser(user);
      const enter = ["-t", first, "-m", "-p", "-r", "--", "sh", "-c", 'cd /srv/app && exec "$@"', "sh"];
      const words = [...enter, ...as, "env", "-i", ...pairs(env), ...health];
      const { status, stdout, stderr } = spawnSync("nsenter", words, { encoding: "utf8" });
      return { status, stdout, stderr };
    },
    stop: () => stop(keeper, first),
    remove() {
      keeper.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const asUser = (user: string) => ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
const pairs = (env: Record<string, string>) => Object.entries(env).map((pair) => pair.join("="));

/**
 * The script that sets up the namespaces. The image's files are in an overlay over this machine's file system, so
 * nothing outside sees them. An app that a test creates has a link to this repository's node_modules.
 */
const inside = `
exec unshare --mount --pid --fork --kill-child sh -euc '
  folder=$1 app=$2 repository=$3 tini=$4 busybox=$5 isReadOnly=$6 volume=$7 user=$8
  shift 8
  mount -t tmpfs none "$folder/layers"
  mkdir "$folder/layers/up" "$folder/layers/work" "$folder/layers/root"
  root=$folder/layers/root
  mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/layers/up,workdir=$folder/layers/work" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  for place in tmp run var/spool/cron; do mount -t tmpfs none "$root/$place"; done
  mkdir -m 1730 "$root/var/spool/cron/crontabs"
  chgrp crontab "$root/var/spool/cron/crontabs"
  rm -rf "$root/etc/cron.d"
  mkdir "$root/etc/cron.d"
  : > "$root/etc/crontab"
  echo "node:x:1234:1234::/srv:/bin/sh" >> "$root/etc/passwd"
  echo "node:x:1234:" >> "$root/etc/group"
  echo "node:!:19000:0:99999:7:::" >> "$root/etc/shadow"
  cp "$tini" "$root/usr/bin/tini"
  cp "$folder/entrypoint.sh" "$root/entrypoint.sh"
  if [ -n "$busybox" ]; then
    rm -f "$root/usr/bin/crontab"
    cp "$busybox" "$root/usr/bin/crontab"
    chmod 4755 "$root/usr/bin/crontab"
    cp "$busybox" "$root/usr/sbin/crond"
    chmod 755 "$root/var/spool/cron/crontabs"
  fi
  mkdir -p "$root/srv/app" "$root$repository"
  mount --bind "$repository" "$root$repository"
  mount --bind "$app" "$root/srv/app"
  mkdir -p "$root$volume"
  if [ -n "$isReadOnly" ]; then
    mount -t tmpfs none "$root$volume"
    chown 1234:1234 "$root$volume"
    for place in srv/app run var/spool/cron ""; do mount -o remount,bind,ro "$root/$place"; done
  fi
  [ "$user" = root ] || set -- setpriv --reuid=$user --regid=$user --clear-groups "$@"
  exec chroot "$root" sh -c "cd /srv/app && exec \\"\\$@\\"" sh "$@"
' sh "$@"
`;

function childOf(pid: string): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0] as string;
}

async function stop(keeper: ChildProcess, first: string): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => keeper.once("exit", (status) => resolve(status)));
  process.kill(Number(first), "SIGTERM");
  return await ended;
}
