import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LajuError } from "../../../../framework/config/errors";
import { crontabBlock } from "../../../../framework/crontab/text/block";
import { findBlock, removeBlock, replaceBlock } from "../../../../framework/crontab/text/edit";

const blockFor = (root: string, fields = "0 8 * * *", description = "Größe", environment?: string) =>
  crontabBlock(
    [
      {
        name: "A",
        description,
        entries: [{ fields }],
        file: "commands/A.js",
        log: `${root}/logs/A.log`,
        priority: 0,
      },
    ],
    { root, build: `${root}/build`, node: "/usr/bin/node" },
    environment,
  );

const root = "/srv/app";
const block = blockFor(root);
const newer = blockFor(root, "0 9 * * *");
const bytes = (text: string) => Buffer.from(text, "latin1");
const install = (table: string | Buffer, text = block, id = root) =>
  replaceBlock(Buffer.from(table as string), id, text).toString("latin1");
const latin1 = (text: string) => Buffer.from(text).toString("latin1");

describe("replaceBlock", () => {
  test("an empty table becomes the block", () => expect(install("")).toBe(latin1(block)));

  test("adds the block at the end", () => {
    expect(install("MAILTO=me\n0 1 * * * theirs\n")).toBe(`MAILTO=me\n0 1 * * * theirs\n${latin1(block)}`);
  });

  test("replaces an existing block in place", () => {
    const table = `# above\n${block}# below\n0 1 * * * theirs\n`;
    expect(install(table, newer)).toBe(latin1(`# above\n${newer}# below\n0 1 * * * theirs\n`));
  });

  test("changes nothing the second time", () => {
    const once = replaceBlock(Buffer.from("x\n"), root, block);
    expect(replaceBlock(once, root, block).equals(once)).toBe(true);
    const open = replaceBlock(Buffer.from("x"), root, block);
    expect(replaceBlock(open, root, block).equals(open)).toBe(true);
  });

  test("an empty block removes the old one", () => {
    expect(install(`# above\n${block}# below\n`, "")).toBe("# above\n# below\n");
  });

  test("records a missing final newline, and removes it with the block", () => {
    const table = replaceBlock(Buffer.from("0 1 * * * theirs"), root, block);
    expect(table.toString().split("\n")[1]).toMatch(
      /^# BEGIN laju \/srv\/app hash=[0-9a-f]{8} newline=added$/,
    );
    expect(removeBlock(table, root).toString()).toBe("0 1 * * * theirs");
    const appended = Buffer.concat([table, Buffer.from("0 2 * * * more\n")]);
    expect(removeBlock(appended, root).toString()).toBe("0 1 * * * theirs\n0 2 * * * more\n");
  });

  test("accepts an end marker without a final newline", () => {
    expect(install(block.slice(0, -1), newer)).toBe(latin1(newer));
  });
});

describe("foreign settings that a cron would apply to the block", () => {
  const neutral = { RANDOM_DELAY: "0", CRON_TZ: "Europe/Berlin" };
  const settled = (table: string) => replaceBlock(Buffer.from(table), root, block, () => true, neutral);
  const inside = (table: string) => settled(table).toString().slice(table.length).split("\n").slice(1, -2);
  const plain = inside("");

  test.each([
    ["RANDOM_DELAY=30", "RANDOM_DELAY=0"],
    ["CRON_TZ = 'Asia/Tokyo' ", "CRON_TZ=Europe/Berlin"],
    ["'CRON_TZ'=UTC", "CRON_TZ=Europe/Berlin"],
  ])("%s is neutralized within the block and restored at its end", (line, own) => {
    expect(inside(`${line}\n0 1 * * * theirs\n`)).toEqual([own, ...plain, line]);
    const table = settled(`${line}\n`);
    expect(replaceBlock(table, root, block, () => true, neutral)).toEqual(table);
    expect(removeBlock(table, root).toString()).toBe(`${line}\n`);
  });

  test.each(["CRON_TZ=Europe/Berlin", "# CRON_TZ=UTC", "MAILTO=me", "0 1 * * * CRON_TZ=UTC x"])(
    "%s changes nothing",
    (line) => expect(inside(`${line}\n`)).toEqual(plain),
  );

  test("only the last value of each counts, and several are neutralized together", () => {
    const table = "CRON_TZ=UTC\nRANDOM_DELAY=5\nCRON_TZ=Asia/Tokyo\n";
    expect(inside(table)).toEqual([
      "RANDOM_DELAY=0",
      "CRON_TZ=Europe/Berlin",
      ...plain,
      "RANDOM_DELAY=5",
      "CRON_TZ=Asia/Tokyo",
    ]);
  });
});

describe("a foreign SHELL above the block", () => {
  const inner = (table: string) => install(table).slice(latin1(table).length).split("\n").slice(1, -2);
  const plain = inner("");

  test.each([
    "SHELL=/usr/sbin/nologin",
    '  SHELL = "/bin/fish"  ',
    "'SHELL'=/bin/tcsh",
    'SHELL=""',
    "SHELL=bash",
  ])("%s is overridden within the block and restored after it", (line) =>
    expect(inner(`${line}\n`)).toEqual(["SHELL=/bin/sh", ...plain, line]),
  );

  test.each([
    "SHELL=/bin/bash",
    'SHELL="/usr/bin/zsh"',
    "# SHELL=/bin/fish",
    "SHELL=/bin/fish\nSHELL=/bin/sh",
    "XSHELL=/bin/fish",
  ])("%s needs nothing", (text) => expect(inner(`${text}\n`)).toEqual(plain));

  test("a missing shell is overridden too", () => {
    const table = Buffer.from("SHELL=/usr/local/bin/bash\n");
    const installed = replaceBlock(table, root, block, (path) => path !== "/usr/local/bin/bash").toString();
    expect(installed).toContain("\nSHELL=/bin/sh\n");
    expect(installed).toContain("\nSHELL=/usr/local/bin/bash\n# END");
  });

  test("is ignored below the block", () => {
    const table = `${block}SHELL=/bin/fish\n`;
    expect(install(table)).toBe(latin1(table));
  });

  test("installing and removing restores the table", () => {
    const table = Buffer.from("SHELL=/bin/fish\n0 1 * * * theirs\n");
    expect(removeBlock(replaceBlock(table, root, block), root)).toEqual(table);
  });

  test("the block doesn't count as edited by hand", () => {
    const table = replaceBlock(Buffer.from("SHELL=/bin/fish\n"), root, block);
    expect(findBlock(table, root)?.isEdited).toBe(false);
  });
});

describe("findBlock", () => {
  test.each(["demo", "eu west/ü", "(a)~b'*!"])(
    "reads the environment that a block keeps: %s",
    (environment) => {
      const kept = blockFor(root, undefined, undefined, environment);
      expect(kept.split("\n", 1)[0]).toMatch(/^# BEGIN laju \S+ hash=\w{8} env=\S+$/);
      const table = replaceBlock(Buffer.from("0 1 * * * theirs"), root, kept);
      expect(findBlock(table, root)).toMatchObject({
        isEdited: false,
        notes: { environment, addedNewline: true },
      });
      expect(removeBlock(table, root).toString()).toBe("0 1 * * * theirs");
    },
  );

  test("reads a block without a hash, and changes nothing when it is written again", () => {
    const table = Buffer.from(block);
    expect(findBlock(table, root)?.notes.environment).toBeUndefined();
    expect(replaceBlock(table, root, block)).toEqual(table);
  });

  test("recognizes a block that was edited by hand", () => {
    expect(findBlock(Buffer.from(block), root)?.isEdited).toBe(false);
    expect(findBlock(Buffer.from(block.replace("0 8", "0 7")), root)?.isEdited).toBe(true);
    expect(findBlock(Buffer.from(block.replace(/ hash=\w+/, "")), root)?.isEdited).toBe(true);
  });

  const unpaired = (found: string) =>
    `the crontab must have one pair of markers for /srv/app, but has ${found}`;
  const lone = (kind: string, line: number, other: string) =>
    `found "# ${kind} laju /srv/app" on line ${line} of the crontab but no matching "# ${other}" line`;
  test.each([
    ["an end without a begin", "x\n# END laju /srv/app\n", lone("END", 2, "BEGIN")],
    ["a begin without an end", "# BEGIN laju /srv/app hash=00000000\nx\n", lone("BEGIN", 1, "END")],
    ["two blocks", block + block, unpaired("BEGIN on line 1, END on line 4, BEGIN on line 5, END on line 8")],
    [
      "the wrong way round",
      "# END laju /srv/app\n# BEGIN laju /srv/app\n",
      unpaired("END on line 1, BEGIN on line 2"),
    ],
  ])("%s is refused", (_, table, message) => {
    for (const use of [
      findBlock,
      removeBlock,
      (crontab: Buffer, id: string) => replaceBlock(crontab, id, block),
    ]) {
      expect(() => use(Buffer.from(table), root)).toThrow(
        expect.objectContaining({ name: "LajuError", message }),
      );
    }
  });

  test.each([
    " # BEGIN laju /srv/app",
    "# END laju /srv/app ",
    "# END laju /srv/app\r",
    "\t# END laju /srv/app",
  ])("a marker with spaces around it is refused, not overlooked: %j", (line) =>
    expect(() => findBlock(Buffer.from(`x\n${line}\n`), root)).toThrow("is a damaged marker"),
  );

  test("refuses another app's marker within the block", () => {
    const table = block.replace("# END", "# BEGIN laju /srv/other\n# END");
    expect(() => findBlock(Buffer.from(table), root)).toThrow(
      "line 4 of the crontab is another app's marker inside the block of /srv/app: # BEGIN laju /srv/other",
    );
  });

  test.each(["/srv/app2", "/srv/ap", "/srv/app/sub", "/srv/app v2", "/srv/.pp", "/srv/app hash=00000000 x"])(
    "the block of %s is not a block of /srv/app",
    (other) => {
      const theirs = blockFor(other);
      const both = replaceBlock(Buffer.from(theirs), root, block);
      expect(both.toString()).toBe(theirs + block);
      expect(removeBlock(both, root).toString()).toBe(theirs);
      expect(removeBlock(both, other).toString()).toBe(block);
    },
  );

  test.each(["/srv/a+b", "/srv/a.*", "/srv/(x)[1]", "/srv/a\\b", "/srv/$HOME", "/srv/ä^"])(
    "characters of regular expressions in %s are literal",
    (id) => {
      const own = blockFor(id);
      const table = replaceBlock(Buffer.from("x\n"), id, own);
      expect(table.toString()).toBe(`x\n${own}`);
      expect(replaceBlock(table, id, own)).toEqual(table);
      expect(findBlock(table, id)?.isEdited).toBe(false);
    },
  );
});

describe("any bytes", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "0 1 * * * x",
      "",
      "\r",
      "SHELL=/bin/fish",
      "# BEGIN laju /srv/ap",
      "# END laju /srv/app2",
      "\xff\xfe",
    ),
    fc.constantFrom("MAILTO=me\r", "a\0b", "# END laju", "%", "\\r", "# BEGIN laju /srv/app3 hash=00000000"),
    fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array).toString("latin1")),
  );
  const table = fc
    .tuple(fc.array(line), fc.boolean())
    .map(([lines, isOpen]) => bytes(lines.join("\n") + (isOpen || lines.length === 0 ? "" : "\n")));

  test("installing and removing restores them", () => {
    fc.assert(
      fc.property(table, (original) => {
        const installed = replaceBlock(original, root, block);
        expect(installed.subarray(0, original.length).equals(original)).toBe(true);
        expect(removeBlock(installed, root).equals(original)).toBe(true);
        expect(replaceBlock(installed, root, block).equals(installed)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("stay unchanged around a block", () => {
    fc.assert(
      fc.property(table, table, (above, below) => {
        const gap = above.length === 0 || above.at(-1) === 10 ? "" : "\n";
        const installed = Buffer.concat([
          replaceBlock(Buffer.concat([above, bytes(gap)]), root, block),
          below,
        ]);
        const updated = replaceBlock(installed, root, newer);
        expect(updated.subarray(0, above.length).equals(above)).toBe(true);
        expect(updated.subarray(updated.length - below.length).equals(below)).toBe(true);
        const rest = Buffer.concat([above, bytes(gap), below]);
        expect(removeBlock(updated, root).equals(rest)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("cause only LajuErrors", () => {
    const mark = fc.constantFrom(
      "# BEGIN laju /srv/app",
      "# END laju /srv/app",
      "# END laju /srv/app ",
      block,
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, mark)), (lines) => {
        try {
          removeBlock(bytes(lines.join("\n")), root);
        } catch (error) {
          if (!(error instanceof LajuError)) throw error;
        }
      }),
    );
  });
});
