import fc from "fast-check";

/** Texts that cron, a shell or simple quoting would misread, including combinations that are worse than their parts. */
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

/** A random string that a crontab line can contain, up to a given length. */
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

/** A random text that can be part of a path. */
export const hostileName = hostileText.map((text) => text.replaceAll("/", ""));

/** A random text for the path of an app's folder, which the markers of its block contain. */
export const hostileRoot = hostileName.map((name) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a marker is one line that people can read.
  return `r${name.replace(/[\u0000-\u001f\u007f]/g, "")}r`;
});
