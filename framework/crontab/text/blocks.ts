import { rootOfBegin } from "./block";
import { type FoundBlock, findBlock } from "./edit";

/** A laju block of any app. */
export interface NamedBlock extends FoundBlock {
  root: string;
}

/** All blocks of a crontab, except those with damaged markers: looking one up by name reports the damage. */
export function allBlocks(crontab: Buffer): NamedBlock[] {
  const lines = crontab.toString("latin1").split("\n");
  const roots = new Set(lines.map(rootOfBegin).filter((root) => root !== undefined));
  return [...roots].flatMap((root) => {
    const found = readable(crontab, root);
    return found === undefined ? [] : [{ ...found, root }];
  });
}

function readable(crontab: Buffer, root: string): FoundBlock | undefined {
  try {
    return findBlock(crontab, root);
  } catch {
    return undefined;
  }
}

/** The app that a /etc/cron.d file belongs to; undefined for any other file. */
export function rootOfCronD(text: string): string | undefined {
  return /^# laju (.+)\n# Written by `node laju crontab --format cron\.d`/.exec(text)?.[1];
}
