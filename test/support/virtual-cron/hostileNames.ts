import fc from "fast-check";

/**
 * Text that confuses cron, a shell or naive quoting, including combinations that are worse than their parts.
 */
const piece = fc.constantFrom(
  ..."'\"\\\\\\%%$` *?~#&;|<>()[]{}!=-^,.aé🦉\t\u0001\u0007\b\u000b\f\u001b\u007f\u00a0\u2028\ufeff",
  "\\%",
  "\\\\",
  "'\\",
  "\\'",
  "$(id)",
  "`id`",
  "$HOME",
  "''",
  "%%",
  "; esac",
  " && ",
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: characters that a crontab line cannot contain.
const refused = /[\n\r\u0000]/g;

/** Any text that a crontab line can contain, up to some length. */
export const hostileText = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join("")),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  )
  .map((text) => text.replace(refused, ""))
  .filter((text) => Buffer.byteLength(text) < 40);

/** The same as part of a path. */
export const hostileName = hostileText.map((text) => text.replaceAll("/", ""));

/** The same for the app's folder, which names its block in the crontab. */
export const hostileRoot = hostileName.map((name) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a marker is one line that people can read.
  return `r${name.replace(/[\u0000-\u001f\u007f]/g, "")}r`;
});
